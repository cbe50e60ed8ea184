// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The list of CPUs, and what is made of values of any number of them. */
#include "harness/test.h"

#include <unistd.h>

#include <skep/map.h>

#include "map/percpu.h"

static const struct {
	const char *list;
	int count; /* or a negative errno */
	uint32_t first, last;
} lists[] = {
	{ "0", 1, 0, 0 },
	{ "0\n", 1, 0, 0 },
	{ "0-3\n", 4, 0, 3 },
	{ "0-3,8\n", 5, 0, 8 },
	{ "2-3,5,7-9", 6, 2, 9 },
	{ "0-127,256-383\n", 256, 0, 383 },
	{ "0-8191\n", 8192, 0, 8191 },
	{ "", -EINVAL, 0, 0 },
	{ "\n", -EINVAL, 0, 0 },
	{ "0-", -EINVAL, 0, 0 },
	{ "-1", -EINVAL, 0, 0 },
	{ "3-1", -EINVAL, 0, 0 },
	{ "0-3,2", -EINVAL, 0, 0 },
	{ "0,0", -EINVAL, 0, 0 },
	{ "0,", -EINVAL, 0, 0 },
	{ ",0", -EINVAL, 0, 0 },
	{ "0 1", -EINVAL, 0, 0 },
	{ " 0", -EINVAL, 0, 0 },
	{ "0x3", -EINVAL, 0, 0 },
	{ "0-3 ", -EINVAL, 0, 0 },
	{ "0-3:1/2", -EINVAL, 0, 0 },
	{ "0-99999999999999999999", -EINVAL, 0, 0 },
	{ "4294967296", -EINVAL, 0, 0 },
	{ "0-16384", -EINVAL, 0, 0 },
};

TEST(list_of_cpus_is_read_or_refused)
{
	static uint32_t numbers[SKEP_CPUS_MOST];

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		int count = skep_cpus_parse(lists[i].list, numbers, SKEP_CPUS_MOST);

		if (count != lists[i].count)
			fail_msg("'%s' has %d, not %d", lists[i].list, count, lists[i].count);
		if (count <= 0)
			continue;
		assert_int_equal(numbers[0], lists[i].first);
		assert_int_equal(numbers[count - 1], lists[i].last);
	}
}

TEST(list_of_cpus_writes_no_more_than_there_is_room)
{
	uint32_t numbers[3] = { 77, 77, 77 };

	assert_int_equal(skep_cpus_parse("1-9", numbers, 2), 9);
	assert_int_equal(numbers[1], 2);
	assert_int_equal(numbers[2], 77);
	assert_int_equal(skep_cpus_parse("1-9", NULL, 0), 9);
}

TEST(this_machine_has_the_cpus_that_it_says)
{
	const struct skep_cpus *cpus = skep_cpus_possible();

	assert_non_null(cpus);
	assert_ptr_equal(cpus, skep_cpus_possible());
	assert_true(cpus->count >= (uint32_t)sysconf(_SC_NPROCESSORS_CONF) || cpus->sparse);
	for (uint32_t i = 1; i < cpus->count; i++)
		assert_true(cpus->numbers[i] > cpus->numbers[i - 1]);
}

/* More CPUs than are plugged in, with holes between them. */
#define CPUS 5
static const uint32_t sparse[CPUS] = { 0, 1, 2, 3, 8 };

#define VIEW(name, V, ...)                                                                         \
	V name##_values[CPUS] = { __VA_ARGS__ };                                                   \
	_Static_assert(sizeof(V) % 8 == 0, "values here are as the kernel has them");              \
	struct skep_percpu name##_view = { .bytes = (unsigned char *)name##_values,                \
					   .numbers = sparse,                                      \
					   .count = CPUS,                                          \
					   .value_bytes = sizeof(V) };                             \
	SKEP_PERCPU_VIEW(V) name = { &name##_view }

TEST(value_of_a_cpu_is_found_by_its_number)
{
	VIEW(view, uint64_t, 10, 11, 12, 13, 18);
	unsigned int cpu, last = 0;
	uint64_t *value;

	assert_int_equal(*skep_percpu_at(view, 8), 18);
	assert_int_equal(*skep_percpu_at(view, 3), 13);
	assert_null(skep_percpu_at(view, 4));
	assert_null(skep_percpu_at(view, 9));
	skep_percpu_each(view, cpu, value)
	{
		assert_int_equal(*value, 10 + cpu);
		last = cpu;
	}
	assert_int_equal(last, 8);
}

#define SAME_TYPE(x, T) __builtin_types_compatible_p(__typeof__(x), T)

TEST(results_are_64_bits_wide_and_have_the_sign_of_the_values)
{
	struct mixed {
		int8_t i8;
		uint8_t u8;
		int16_t i16;
		uint16_t u16;
		int32_t i32;
		uint32_t u32;
		float f;
		bool b;
		char c;
		double d;
		long long ll;
		unsigned long ul;
		enum {
			LOW,
			HIGH
		} e;
	};
	VIEW(view, struct mixed, { 0 });

	assert_true(SAME_TYPE(skep_percpu_sum_of(view, i8), int64_t));
	assert_true(SAME_TYPE(skep_percpu_sum_of(view, u8), uint64_t));
	assert_true(SAME_TYPE(skep_percpu_min_of(view, i16), int64_t));
	assert_true(SAME_TYPE(skep_percpu_max_of(view, u16), uint64_t));
	assert_true(SAME_TYPE(skep_percpu_avg_of(view, i32), int64_t));
	assert_true(SAME_TYPE(skep_percpu_avg_of(view, u32), uint64_t));
	assert_true(SAME_TYPE(skep_percpu_sum_of(view, f), double));
	assert_true(SAME_TYPE(skep_percpu_sum_of(view, d), double));
	assert_true(SAME_TYPE(skep_percpu_sum_of(view, b), uint64_t));
	assert_true(SAME_TYPE(skep_percpu_sum_of(view, ll), int64_t));
	assert_true(SAME_TYPE(skep_percpu_sum_of(view, ul), uint64_t));
	assert_true(SAME_TYPE(skep_percpu_sum_of(view, c), int64_t));
	for (int i = 0; i < CPUS; i++)
		view_values[i] =
			(struct mixed){ (int8_t)-i, 255, -300, 65535, -70000, UINT32_MAX, 0.5f,
					true,       'a', 0.25, -1,    1,      HIGH };
	assert_int_equal(skep_percpu_sum_of(view, i8), -10);
	assert_int_equal(skep_percpu_sum_of(view, u8), 1275);
	assert_int_equal(skep_percpu_sum_of(view, i16), -1500);
	assert_int_equal(skep_percpu_sum_of(view, i32), -350000);
	assert_true(skep_percpu_sum_of(view, u32) == 5 * (uint64_t)UINT32_MAX);
	assert_true(skep_percpu_sum_of(view, f) == 2.5);
	assert_true(skep_percpu_sum_of(view, d) == 1.25);
	assert_true(skep_percpu_avg_of(view, d) == 0.25);
	assert_int_equal(skep_percpu_sum_of(view, b), 5);
	assert_int_equal(skep_percpu_sum_of(view, c), 5 * 'a');
	assert_int_equal(skep_percpu_sum_of(view, e), 5);
}

TEST(least_greatest_and_mean_hold_at_the_ends_of_their_types)
{
	VIEW(i, int64_t, INT64_MIN, INT64_MAX, -1, 0, INT64_MIN);
	VIEW(u, uint64_t, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX - 5);
	VIEW(f, double, -1.5, 2.5, 0, 1, 3);

	assert_true(skep_percpu_min(i) == INT64_MIN);
	assert_true(skep_percpu_max(i) == INT64_MAX);
	assert_true(skep_percpu_sum(i) == (int64_t)(UINT64_C(3) * (UINT64_C(1) << 63) - 2));
	assert_true(skep_percpu_avg(i) == INT64_C(-1844674407370955162));
	assert_true(skep_percpu_avg(u) == UINT64_MAX - 1);
	assert_true(skep_percpu_min(u) == UINT64_MAX - 5);
	assert_true(skep_percpu_min(f) == -1.5);
	assert_true(skep_percpu_max(f) == 3);
}

TEST(mean_is_the_sum_divided_and_rounded_towards_zero)
{
	VIEW(view, int64_t, 0);

	srand(1);
	for (int round = 0; round < 20000; round++) {
		int64_t sum = 0;

		for (int i = 0; i < CPUS; i++) {
			view_values[i] = rand() % 41 - 20;
			sum += view_values[i];
		}
		assert_int_equal(skep_percpu_sum(view), sum);
		if (skep_percpu_avg(view) != sum / CPUS)
			fail_msg("mean of %lld is %lld", (long long)sum,
				 (long long)skep_percpu_avg(view));
	}
}

TEST(histograms_are_added_slot_by_slot)
{
	struct slots {
		uint32_t counts[4];
		int16_t deltas[4];
	};
	typedef uint64_t row[3];
	VIEW(rows, row, { 1, 2, 3 }, { 10, 20, 30 });
	VIEW(view, struct slots, { { 1, 2, 3, UINT32_MAX }, { -1, 2 } },
	     { { 1, 0, 0, UINT32_MAX }, { -1, 5 } });
	uint64_t sums[4] = { 99, 99, 99, 99 }, three[3];
	int64_t deltas[4];

	skep_percpu_histogram_of(view, counts, sums);
	assert_int_equal(sums[0], 2);
	assert_int_equal(sums[2], 3);
	assert_true(sums[3] == 2 * (uint64_t)UINT32_MAX);
	skep_percpu_histogram_of(view, deltas, deltas);
	assert_int_equal(deltas[0], -2);
	assert_int_equal(deltas[1], 7);
	skep_percpu_histogram(rows, three);
	assert_int_equal(three[2], 33);
}

struct span {
	uint64_t first, last;
};

static int widen(struct span *into, const struct span *value, int *calls)
{
	if (value->first < into->first)
		into->first = value->first;
	if (value->last > into->last)
		into->last = value->last;
	return ++*calls;
}

TEST(merge_of_ones_own_sees_each_value_once)
{
	VIEW(view, struct span, { 5, 6 }, { 3, 4 }, { 9, 90 }, { 4, 8 }, { 5, 5 });
	struct span all = { UINT64_MAX, 0 };
	int calls = 0;

	skep_percpu_merge(view, &all, widen, &calls);
	assert_int_equal(all.first, 3);
	assert_int_equal(all.last, 90);
	assert_int_equal(calls, CPUS);
}

TEST(fill_sets_all_values)
{
	VIEW(view, uint64_t, 1, 2, 3, 4, 5);

	skep_percpu_fill(view, &(uint64_t){ 7 });
	assert_int_equal(skep_percpu_sum(view), 35);
	skep_percpu_fill(view, NULL);
	assert_int_equal(skep_percpu_sum(view), 0);
}
