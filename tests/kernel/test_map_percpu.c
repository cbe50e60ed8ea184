// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Maps with a value for each CPU: what programs count on each, and what user space makes of it. */
#include "harness/machine.h"
#include "harness/test.h"

#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "app.h"
#include "map_percpu.h"

#define FILE_ "map_percpu.bpf.o"

typedef SKEP_PERCPU_MAP(__u32, __u64) hits_map;
typedef SKEP_PERCPU_VIEW(__u64) hits_view;
typedef SKEP_PERCPU_MAP(__u32, struct io) io_map;
typedef SKEP_PERCPU_VIEW(struct io) io_view;
typedef SKEP_PERCPU_MAP(__u32, struct odd) odd_map;
typedef SKEP_PERCPU_VIEW(struct odd) odd_view;
typedef SKEP_MAP(__u32, __u64) plain_map;

static unsigned int online(void)
{
	return (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
}

static struct skep_object *open_hits(hits_map *hits, hits_view *view)
{
	struct skep_object *object = app_load(FILE_);

	assert_ok(skep_map_open(hits, object, "hits"));
	assert_ok(skep_percpu_new(view, *hits));
	return object;
}

static void close_hits(struct skep_object *object, hits_map hits, hits_view view)
{
	skep_percpu_free(view.percpu);
	skep_map_free(hits.map);
	skep_object_free(object);
}

TEST(each_cpus_value_is_at_its_number)
{
	hits_map hits;
	hits_view view;
	struct skep_object *object = open_hits(&hits, &view);
	uint32_t key = 5;
	uint64_t all = 0;

	for (unsigned int cpu = 0; cpu < online(); cpu++) {
		app_run_on(object, "hit", cpu, key, 100 + cpu);
		app_run_on(object, "hit", cpu, key, 1);
		all += 101 + cpu;
	}
	assert_ok(skep_percpu_get(hits, &key, view));
	for (unsigned int cpu = 0; cpu < online(); cpu++)
		assert_int_equal(*skep_percpu_at(view, cpu), 101 + cpu);
	assert_int_equal(skep_percpu_sum(view), all);
	assert_int_equal(skep_percpu_max(view), 100 + online());
	close_hits(object, hits, view);
}

TEST(view_has_a_value_for_each_possible_cpu_and_null_beyond)
{
	hits_map hits;
	hits_view view;
	struct skep_object *object = open_hits(&hits, &view);
	unsigned int cpu, seen = 0;
	__u64 *value;

	assert_int_equal(skep_percpu_cpus(view), libbpf_num_possible_cpus());
	skep_percpu_each(view, cpu, value)
	{
		assert_ptr_equal(value, skep_percpu_at(view, cpu));
		assert_int_equal(*value, 0);
		seen++;
	}
	assert_int_equal(seen, skep_percpu_cpus(view));
	assert_null(skep_percpu_at(view, 100000));
	assert_null(skep_percpu_at(view, UINT32_MAX));
	close_hits(object, hits, view);
}

/* The kernel's values are 8 bytes apart: 5 bytes each would be overrun. */
TEST(values_of_odd_sizes_are_put_and_got)
{
	struct skep_object *object = app_load(FILE_);
	struct odd odd = { { 9, 8, 7, 6, 5 } };
	uint32_t key = 3, other = 4;
	unsigned int cpu;
	struct odd *at;
	odd_map recent;
	odd_view view;

	assert_ok(skep_map_open(&recent, object, "recent"));
	assert_ok(skep_percpu_new(&view, recent));
	skep_percpu_each(view, cpu, at) *at = (struct odd){ { (__u8)cpu, 1, 2, 3, (__u8)~cpu } };
	assert_ok(skep_percpu_put(recent, &key, view));
	assert_ok(skep_percpu_put_all(recent, &other, &odd));
	skep_percpu_fill(view, NULL);
	assert_int_equal(skep_percpu_at(view, 0)->bytes[1], 0);
	assert_ok(skep_percpu_get(recent, &key, view));
	skep_percpu_each(view, cpu, at)
		assert_true(at->bytes[0] == (__u8)cpu && at->bytes[4] == (__u8)~cpu);
	assert_ok(skep_percpu_get(recent, &other, view));
	skep_percpu_each(view, cpu, at) assert_memory_equal(at, &odd, sizeof(odd));
	/* What a program puts is on its CPU. */
	app_run_on(object, "see", online() - 1, key, 77);
	assert_ok(skep_percpu_get(recent, &key, view));
	assert_int_equal(skep_percpu_at(view, online() - 1)->bytes[4], 77);
	skep_percpu_free(view.percpu);
	skep_map_free(recent.map);
	skep_object_free(object);
}

TEST(value_is_put_on_one_cpu_and_the_others_are_zero)
{
	hits_map hits;
	hits_view view;
	struct skep_object *object = open_hits(&hits, &view);
	uint32_t key = 1;
	__u64 seven = 7, nine = 9;

	assert_ok(skep_percpu_put_all(hits, &key, &nine));
	assert_ok(skep_percpu_put_on(hits, &key, online() - 1, &seven));
	assert_ok(skep_percpu_get(hits, &key, view));
	assert_int_equal(skep_percpu_sum(view), 7);
	assert_int_equal(*skep_percpu_at(view, online() - 1), 7);
	assert_error(skep_percpu_put_on(hits, &key, 100000, &seven), EINVAL);
	assert_string_equal(skep_error_last()->message, "this machine never has a CPU 100000");
	assert_error(skep_percpu_put_on(hits, &key, UINT32_MAX, &seven), EINVAL);
	close_hits(object, hits, view);
}

TEST(put_may_insist_on_a_new_or_an_existing_key)
{
	hits_map hits;
	hits_view view;
	struct skep_object *object = open_hits(&hits, &view);
	uint32_t key = 1;

	assert_error(skep_percpu_put_with(hits, &key, view, SKEP_PUT_EXISTING), ENOENT);
	assert_ok(skep_percpu_put_with(hits, &key, view, SKEP_PUT_NEW));
	assert_error(skep_percpu_put_with(hits, &key, view, SKEP_PUT_NEW), EEXIST);
	assert_ok(skep_percpu_put_with(hits, &key, view, SKEP_PUT_EXISTING));
	assert_error(skep_percpu_put_with(hits, &key, view, (enum skep_put)3), EINVAL);
	assert_error(skep_percpu_put_with(hits, &key, view, (enum skep_put)4), EINVAL);
	assert_ok(skep_percpu_del(hits, &key));
	assert_error(skep_percpu_del(hits, &key), ENOENT);
	*skep_percpu_at(view, 0) = 55;
	assert_error(skep_percpu_get(hits, &key, view), ENOENT);
	assert_int_equal(*skep_percpu_at(view, 0), 55);
	assert_string_equal(skep_error_last()->message, "map 'hits' has no such key");
	close_hits(object, hits, view);
}

TEST(members_of_what_programs_counted_are_reduced)
{
	struct skep_object *object = app_load(FILE_);
	uint32_t key = 1;
	uint64_t slots[8], expected[8] = { 0 }, bytes = 0;
	io_map ios;
	io_view view;

	assert_ok(skep_map_open(&ios, object, "ios"));
	assert_ok(skep_percpu_new(&view, ios));
	for (unsigned int cpu = 0; cpu < online(); cpu++) {
		app_run_on(object, "call", cpu, 10 + cpu, (uint64_t)-5 - cpu);
		app_run_on(object, "call", cpu, 3, (uint64_t)-5 - cpu);
		bytes += 13 + cpu;
		expected[(10 + cpu) & 7]++;
		expected[3]++;
	}
	assert_ok(skep_percpu_get(ios, &key, view));
	assert_int_equal(skep_percpu_sum_of(view, bytes), bytes);
	assert_int_equal(skep_percpu_sum_of(view, calls), 2 * online());
	assert_int_equal(skep_percpu_min_of(view, level), -4 - (int64_t)online());
	skep_percpu_histogram_of(view, slots, slots);
	assert_memory_equal(slots, expected, sizeof(slots));
	assert_ok(skep_percpu_total_of(ios, bytes, &slots[0]));
	assert_int_equal(slots[0], bytes);
	key = 4;
	assert_error(skep_percpu_get(ios, &key, view), ENOENT);
	assert_error(skep_percpu_put(ios, &key, view), E2BIG);
	skep_percpu_free(view.percpu);
	skep_map_free(ios.map);
	skep_object_free(object);
}

TEST(loop_shows_each_key_with_all_its_values)
{
	static uint8_t seen[10000];
	hits_map hits;
	hits_view view, each;
	struct skep_object *object = open_hits(&hits, &view);
	uint64_t total = 1, expected = 0;
	uint32_t key;
	int err = 1;

	for (key = 0; key < 10000; key++) {
		unsigned int cpu;
		__u64 *at;

		skep_percpu_each(view, cpu, at)
		{
			*at = key * 3 + cpu;
			expected += *at;
		}
		assert_ok(skep_percpu_put(hits, &key, view));
	}
	skep_percpu_foreach(hits, &key, &each, &err)
	{
		uint64_t cpus = skep_percpu_cpus(each);

		assert_true(key < 10000);
		seen[key]++;
		assert_int_equal(skep_percpu_sum(each), key * 3 * cpus + cpus * (cpus - 1) / 2);
	}
	assert_int_equal(err, 0);
	assert_null(each.percpu);
	for (key = 0; key < 10000; key++)
		assert_int_equal(seen[key], 1);
	assert_ok(skep_percpu_total(hits, &total));
	assert_int_equal(total, expected);
	close_hits(object, hits, view);
}

TEST(loop_that_is_left_early_leaks_nothing)
{
	hits_map hits;
	hits_view view, each;
	struct skep_object *object = open_hits(&hits, &view);
	size_t before = 0;
	uint32_t key;
	int err, fds = app_open_fds();

	for (key = 0; key < 100; key++)
		assert_ok(skep_percpu_put(hits, &key, view));
	for (int round = 0; round < 20; round++) {
		if (round == 10)
			before = app_heap_bytes();
		skep_percpu_foreach(hits, &key, &each, &err)
		{
			skep_percpu_free(each.percpu); /* lent: stays */
			if (skep_percpu_sum(each) == 0)
				break;
		}
	}
	assert_int_equal(app_heap_bytes(), before);
	assert_int_equal(app_open_fds(), fds);
	close_hits(object, hits, view);
}

TEST(wrong_map_or_view_is_refused_before_the_kernel_writes)
{
	hits_map hits, wrong = { .map = NULL };
	hits_view view, none = { .percpu = NULL };
	struct skep_object *object = open_hits(&hits, &view);
	plain_map plain = { .map = NULL };
	struct skep_map *lent = skep_object_map(object, "plain");
	io_map ios;
	uint32_t key = 1;
	uint64_t total = 3;
	int err = 0;

	assert_error(skep_map_open(&wrong, object, "plain"), EPROTOTYPE);
	app_assert_says("map 'plain' is a hash");
	app_assert_hints("SKEP_MAP(K, V)");
	assert_error(skep_map_open(&plain, object, "hits"), EPROTOTYPE);
	app_assert_hints("SKEP_PERCPU_MAP(K, V)");
	assert_error(skep_percpu_new_raw(&none.percpu, lent), EPROTOTYPE);
	assert_error(skep_percpu_get_raw(lent, &key, view.percpu), EPROTOTYPE);
	assert_error(skep_percpu_put_raw(lent, &key, view.percpu, SKEP_PUT_ANY), EPROTOTYPE);
	assert_error(skep_percpu_put_value_raw(lent, &key, &total, -1), EPROTOTYPE);
	assert_null(skep_percpu_iter_new(lent, &err));
	assert_int_equal(err, -EPROTOTYPE);
	assert_ok(skep_map_open(&ios, object, "ios"));
	assert_error(skep_percpu_get_raw(ios.map, &key, view.percpu), EPROTOTYPE);
	assert_string_equal(skep_error_last()->message,
			    "map 'ios' has values of 48 bytes, the view of 8");
	assert_error(skep_percpu_get_raw(ios.map, &key, NULL), EINVAL);
	assert_error(skep_percpu_get(wrong, &key, view), EBADF);
	assert_error(skep_percpu_new(&none, wrong), EBADF);
	assert_error(skep_percpu_total(wrong, &total), EBADF);
	assert_int_equal(total, 3);
	skep_map_free(ios.map);
	close_hits(object, hits, view);
}

TEST(closed_descriptor_is_ebadf)
{
	hits_map hits;
	hits_view view, each;
	struct skep_object *object = open_hits(&hits, &view);
	uint32_t key = 1;
	int err = 0;

	close(skep_map_fd(hits.map));
	assert_error(skep_percpu_get(hits, &key, view), EBADF);
	assert_error(skep_percpu_put_all(hits, &key, &(__u64){ 1 }), EBADF);
	skep_percpu_foreach(hits, &key, &each, &err) fail();
	assert_int_equal(err, -EBADF);
	assert_int_equal(dup2(0, skep_map_fd(hits.map)), skep_map_fd(hits.map));
	assert_error(skep_percpu_get(hits, &key, view), EBADF);
	close_hits(object, hits, view);
}

TEST(view_that_was_not_made_is_empty)
{
	SKEP_AUTO_VIEW(hits_view) view = { NULL };
	uint64_t slots[4] = { 1, 1, 1, 1 };
	__u64 *each;
	SKEP_PERCPU_VIEW(__u64[4]) histogram = { NULL };
	unsigned int cpu, rounds = 0;

	assert_int_equal(skep_percpu_cpus(view), 0);
	assert_int_equal(skep_percpu_sum(view) + skep_percpu_min(view) + skep_percpu_max(view), 0);
	assert_int_equal(skep_percpu_avg(view), 0);
	skep_percpu_each(view, cpu, each) rounds += cpu + (each != NULL);
	assert_int_equal(rounds, 0);
	assert_null(skep_percpu_at(view, 0));
	skep_percpu_fill(view, NULL);
	skep_percpu_histogram(histogram, slots);
	assert_int_equal(slots[0] + slots[3], 0);
}
