// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Loops, bounds, text and hashes of the BPF-side headers, against the same in C. */
#include "harness/machine.h"
#include "harness/test.h"

#include <limits.h>
#include <sys/mman.h>
#include <unistd.h>

#include <skep/hash.h>

#include "bpf_core_app.h"

#define UNMAPPED 16 /* no address of user space */

static struct bpf_core *app;

static void free_app(void)
{
	bpf_core_free(app);
}

struct bpf_core *bpf_core_started(void)
{
	struct bpf_core *opened = NULL;

	require_root();
	if (app)
		return app;
	assert_ok(bpf_core_open(&opened, NULL));
	if (bpf_core_load(opened))
		fail_msg("%s: %s", skep_error_last()->message,
			 skep_error_last()->log ? skep_error_last()->log : "");
	app = opened;
	atexit(free_app);
	for (uint64_t i = 0; i < ROUNDS; i++)
		bpf_core_bss(app)->table[i] = i * 7 + 3;
	return app;
}

int bpf_core_ran(const char *program, uint64_t arg0, uint64_t arg1)
{
	return app_run(bpf_core_object(bpf_core_started()), program, arg0, arg1);
}

/* What a loop over the table gives, as the headers promise it. */
static struct walk walked(int64_t from, int64_t to)
{
	struct walk w = { .sum = 0 };

	for (int64_t i = from < 0 ? 0 : from; i < to && i < ROUNDS; i++) {
		w.sum += (uint64_t)i * 7 + 3;
		w.rounds++;
		w.last = (uint64_t)i;
	}
	return w;
}

TEST(loop_of_1000_goes_from_the_first_to_below_the_last_number)
{
	static const int64_t numbers[] = { 0,       1,          5,         500,
					   999,     1000,       1001,      4096,
					   INT_MAX, UINT32_MAX, 1LL << 32, (1LL << 32) + 5,
					   -1,      -5,         INT64_MAX, INT64_MIN };
	struct bpf_core_bss *bss = bpf_core_bss(bpf_core_started());
	size_t n = sizeof(numbers) / sizeof(numbers[0]);

	for (size_t i = 0; i < n * n; i++) {
		struct walk expected = walked(numbers[i / n], numbers[i % n]);

		bpf_core_ran("sum_some", (uint64_t)numbers[i / n], (uint64_t)numbers[i % n]);
		assert_int_equal(bss->walk.rounds, expected.rounds);
		assert_int_equal(bss->walk.sum, expected.sum);
		assert_int_equal(bss->walk.last, expected.last);
	}
}

TEST(continue_goes_on_with_the_next_number)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < ROUNDS; i++)
		if (!((i * 7 + 3) & 1))
			sum += i * 7 + 3;
	bpf_core_ran("sum_all", 0, 0);
	assert_int_equal(bpf_core_bss(app)->walk.sum, sum);
}

TEST(return_and_break_leave_a_loop_at_once)
{
	assert_int_equal(bpf_core_ran("find", 3, 1), 1);
	assert_int_equal(bpf_core_ran("find", 999 * 7 + 3, 1), 1000);
	assert_int_equal(bpf_core_ran("find", 1, 10), -1);
	assert_int_equal(bpf_core_ran("find", 24, 24), 4);
	assert_int_equal(bpf_core_ran("find", 1, 1), -2);
}

TEST(loops_inside_each_other_end_each_for_itself)
{
	for (uint64_t wide = 0; wide < 25; wide += 4)
		for (uint64_t high = 0; high < 14; high += 3) {
			uint64_t cells = 0;

			for (uint64_t y = 0; y < high && y < 10; y++)
				for (uint64_t x = y; x < wide && x < 20 && x != 15; x++)
					cells++;
			bpf_core_ran("grid", wide, high);
			assert_int_equal(bpf_core_bss(app)->walk.rounds, cells);
		}
}

TEST(number_of_a_round_belongs_to_the_body)
{
	assert_int_equal(bpf_core_ran("change_i", 0, 0), 10);
}

TEST(loop_by_function_counts_its_rounds_and_stops_when_told)
{
	struct bpf_core_bss *bss = bpf_core_bss(bpf_core_started());
	struct walk all = walked(0, ROUNDS);

	assert_int_equal(bpf_core_ran("loop_n", 0, 0), 0);
	assert_int_equal(bss->walk.rounds, 0);
	assert_int_equal(bpf_core_ran("loop_n", ROUNDS, 0), ROUNDS);
	assert_int_equal(bss->walk.sum, all.sum);
	assert_int_equal(bss->walk.last, ROUNDS - 1);
	assert_int_equal(bpf_core_ran("loop_n", ROUNDS, 77), 77);
	assert_int_equal(bss->walk.last, 76);
	assert_int_equal(bpf_core_ran("loop_n", 1, 0), 1);
}

TEST(loop_by_function_that_is_too_long_does_nothing)
{
	struct bpf_core_bss *bss = bpf_core_bss(bpf_core_started());
	uint64_t most = bpf_core_ran("without_core", 0, 0) ? 1024 : 1U << 23;

	assert_int_equal(bpf_core_ran("loop_n", most, 5), 5);
	bss->walk.rounds = 0;
	assert_int_equal(bpf_core_ran("loop_n", most + 1, 0), -E2BIG);
	assert_int_equal(bss->walk.rounds, 0);
	assert_int_equal(bpf_core_ran("loop_n", UINT64_MAX, 0), -E2BIG);
	assert_int_equal(bpf_core_ran("loop_n", 1ULL << 32, 0), -E2BIG);
	assert_int_equal(bss->walk.rounds, 0);
}

/* A filter of 200 rules, and the same in C. */

static int decided(const struct rule *rules, uint32_t address, uint16_t port)
{
	for (int i = 0; i < RULES; i++)
		if ((address & rules[i].mask) == rules[i].address && port >= rules[i].port_from &&
		    port <= rules[i].port_to)
			return (int)rules[i].verdict;
	return -1;
}

TEST(filter_of_200_rules_decides_as_one_in_c)
{
	struct rule *rules = bpf_core_bss(bpf_core_started())->rules;
	int none = 0;

	for (uint32_t i = 0; i < RULES; i++)
		rules[i] = (struct rule){ .address = (i * 37 % 256) << 24,
					  .mask = 0xff000000,
					  .port_from = (uint16_t)(i * 100),
					  .port_to = (uint16_t)(i * 100 + 5000),
					  .verdict = i };
	for (uint32_t i = 0; i < 500; i++) {
		uint32_t address = i * 2654435761U;
		uint16_t port = (uint16_t)(i * 7919 % 30000);
		int expected = decided(rules, address, port);

		none += expected < 0;
		assert_int_equal(bpf_core_ran("filter", address, port), expected);
	}
	assert_in_range(none, 1, 499);
	/* The last of them, and none. */
	assert_int_equal(bpf_core_ran("filter", rules[RULES - 1].address, 24900), RULES - 1);
	assert_int_equal(bpf_core_ran("filter", rules[RULES - 1].address, 24901), -1);
}

TEST(pipeline_goes_through_its_stages_and_passes_one_that_is_not_there)
{
	struct bpf_core_bss *bss = bpf_core_bss(bpf_core_started());

	bss->walk.rounds = 0;
	assert_int_equal(bpf_core_ran("first", 0, 0), 33);
	assert_int_equal(bss->walk.rounds, 3);
}

/* ---- bounds ---- */

static const int64_t edges[] = { 0,         1,
				 7,         49,
				 50,        51,
				 199,       200,
				 255,       256,
				 511,       512,
				 999,       1000,
				 1001,      INT_MAX,
				 INT_MIN,   UINT32_MAX,
				 1LL << 32, -1,
				 -7,        -8,
				 -1000,     INT64_MAX,
				 INT64_MIN, (1LL << 32) + 7 };

#define EDGES (sizeof(edges) / sizeof(edges[0]))

TEST(bound_is_true_for_0_and_more_and_less_than_n_of_every_type)
{
	for (size_t i = 0; i < EDGES * EDGES; i++) {
		int64_t x = edges[i / EDGES], n = edges[i % EDGES];
		int expected = 0;

		expected |= (uint64_t)x < ROUNDS ? 1 : 0;
		expected |= (uint32_t)x < ROUNDS ? 2 : 0;
		expected |= (int32_t)x >= 0 && (int32_t)x < ROUNDS ? 4 : 0;
		expected |= (uint8_t)x < 200 ? 8 : 0;
		expected |= n <= ROUNDS && x >= 0 && x < n ? 16 : 0;
		assert_int_equal(bpf_core_ran("bounds", (uint64_t)x, (uint64_t)n), expected);
	}
}

TEST(bound_holds_where_the_compiler_has_seen_it_already)
{
	assert_int_equal(bpf_core_ran("bound_known", 50, 50), 100);
	assert_int_equal(bpf_core_ran("bound_known", 0, 0), 0);
	assert_int_equal(bpf_core_ran("bound_known", 51, 0), -1);
	assert_int_equal(bpf_core_ran("bound_known", UINT64_MAX, 0), -1);
}

static int64_t clamped(int64_t x, int64_t lo, int64_t hi)
{
	return x < lo ? lo : x > hi ? hi : x;
}

TEST(clamp_gives_the_nearest_number_of_the_range_by_the_sign_of_its_type)
{
	struct bpf_core_bss *bss = bpf_core_bss(bpf_core_started());

	for (size_t i = 0; i < EDGES; i++) {
		int64_t x = edges[i];
		uint64_t wide = (uint64_t)x < 5 ? 5 : (uint64_t)x > 999 ? 999 : (uint64_t)x;

		memset(bss->counts, 0, sizeof(bss->counts));
		assert_int_equal(bpf_core_ran("clamps", (uint64_t)x, 0), (int)(x & 15));
		assert_int_equal(bss->counts[clamped(x, 0, ROUNDS - 1)] & 1, 1);
		assert_int_equal(bss->counts[wide] & 1, 1);
		assert_int_equal(bss->counts[x & 511] & 2, 2);
		assert_int_equal((int64_t)bss->walk.sum, clamped((int32_t)x, -7, 7));
		assert_int_equal((int64_t)bss->walk.rounds, clamped((uint32_t)x, 3, 300));
		assert_int_equal((int64_t)bss->walk.last, clamped(x, -100, 100));
	}
}

/* ---- text ---- */

static void set_text(char *to, const char *text)
{
	size_t length = strlen(text);

	memset(to, 0, TEXT);
	memcpy(to, text, length < TEXT ? length : TEXT);
}

/* The texts as C sees them: one without a NUL ends with the memory. */
static void assert_compared(const char *a, const char *b)
{
	struct texts *t = &bpf_core_bss(bpf_core_started())->texts;
	char x[TEXT + 1] = "", y[TEXT + 1] = "";

	strncpy(x, a, TEXT);
	strncpy(y, b, TEXT);
	set_text(t->a, a);
	set_text(t->b, b);
	t->n = TEXT;
	bpf_core_ran("compare", 0, 0);
	assert_int_equal(t->length, strlen(x));
	assert_int_equal(t->eq, !strcmp(x, y));
	assert_int_equal(t->mem_eq, !strcmp(x, y));
	assert_int_equal(t->starts, !strncmp(x, y, strlen(y)));
	assert_int_equal(t->ends, strlen(y) <= strlen(x) && !strcmp(x + strlen(x) - strlen(y), y));
	assert_int_equal(t->literal_eq, !strcmp(x, "/etc/passwd"));
	assert_int_equal(t->literal_starts, !strncmp(x, "/etc/", 5));
	assert_int_equal(t->literal_ends, strlen(x) >= 5 && !strcmp(x + strlen(x) - 5, ".conf"));
}

TEST(texts_compare_as_in_c_also_without_a_nul)
{
	static const char *const texts[] = {
		"",
		"/",
		"/etc/passwd",
		"/etc/passwd2",
		"/etc/passw",
		"/etc/",
		"/etc",
		".conf",
		"conf",
		"/etc/resolv.conf",
		"x.conf.conf",
		"\xff\x80",
		"0123456789012345678901234567890123456789012345678901234567890123",
		"0123456789012345678901234567890123456789012345678901234567890124",
		"012345678901234567890123456789012345678901234567890123456789012",
		"3",
		"123456789012345678901234567890123456789012345678901234567890123",
	};
	size_t n = sizeof(texts) / sizeof(texts[0]);

	for (size_t i = 0; i < n * n; i++)
		assert_compared(texts[i / n], texts[i % n]);
}

TEST(bytes_behind_a_nul_are_no_part_of_a_text)
{
	struct texts *t = &bpf_core_bss(bpf_core_started())->texts;

	set_text(t->a, "abc");
	set_text(t->b, "abc");
	memcpy(t->a + 4, "xyz", 3);
	t->n = 4;
	bpf_core_ran("compare", 0, 0);
	assert_int_equal(t->eq, 1);
	assert_int_equal(t->mem_eq, 1);
	t->n = 5;
	bpf_core_ran("compare", 0, 0);
	assert_int_equal(t->mem_eq, 0);
	t->n = 0;
	bpf_core_ran("compare", 0, 0);
	assert_int_equal(t->mem_eq, 1);
	/* Of more than there is nobody knows. */
	memcpy(t->a, t->b, TEXT);
	t->n = TEXT + 1;
	bpf_core_ran("compare", 0, 0);
	assert_int_equal(t->mem_eq, 0);
	t->n = UINT64_MAX;
	bpf_core_ran("compare", 0, 0);
	assert_int_equal(t->mem_eq, 0);
}

TEST(hashes_are_those_of_user_space_and_never_change)
{
	static const uint64_t lengths[] = { 0, 1, 2, 31, 63, 64, 65, 1ULL << 32, UINT64_MAX };
	struct texts *t = &bpf_core_bss(bpf_core_started())->texts;

	for (int i = 0; i < TEXT; i++)
		t->a[i] = (char)(i * 31 + 200);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t n = lengths[i] > TEXT ? TEXT : lengths[i];

		memset(t->set, 0x11, TEXT);
		t->n = lengths[i];
		bpf_core_ran("hash", 0, 0);
		assert_true(t->hash64 == skep_hash64(t->a, n));
		assert_int_equal(t->hash32, skep_hash32(t->a, n));
		for (size_t at = 0; at < TEXT; at++)
			assert_int_equal((unsigned char)t->set[at], at < n ? 0xa5 : 0x11);
	}
	/* Written down, so that another version cannot change it: objects and tools meet. */
	assert_true(skep_hash64(NULL, 0) == UINT64_C(0x8570e25450bbd481));
	assert_true(skep_hash64("skep", 4) == UINT64_C(0x6faf884f6f8095a1));
}

/* ---- memory of user space and of the kernel ---- */

static void clear_copied(void)
{
	memset(&bpf_core_bss(bpf_core_started())->copied, 0x55, sizeof(struct copied));
}

TEST(copy_takes_what_fits_and_tells_how_many_bytes)
{
	static const struct {
		int64_t n;
		long result;
	} cases[] = { { 0, 0 },         { 1, 1 },           { 15, 15 },        { 16, 16 },
		      { 17, 16 },       { UINT32_MAX, 16 }, { 1LL << 32, 16 }, { -1, 0 },
		      { INT64_MIN, 0 }, { INT64_MAX, 16 } };
	char from[] = "0123456789abcdefghij";
	struct bpf_core_bss *bss = bpf_core_bss(bpf_core_started());

	set_text(bss->texts.a, from);
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		int user = (int)(i & 1);

		clear_copied();
		bpf_core_ran(user ? "copy_user" : "copy_kernel", user ? (uintptr_t)from : 0,
			     (uint64_t)cases[i / 2].n);
		assert_int_equal(bss->copied.result, cases[i / 2].result);
		assert_memory_equal(bss->copied.to, from, (size_t)cases[i / 2].result);
		for (long at = cases[i / 2].result; at < (long)sizeof(bss->copied.to); at++)
			assert_int_equal(bss->copied.to[at], 0x55);
	}
}

TEST(memory_that_is_not_there_is_efault)
{
	static const char *const programs[] = { "copy_user", "copy_kernel", "str_user",
						"str_kernel" };
	struct copied *copied = &bpf_core_bss(bpf_core_started())->copied;

	for (size_t i = 0; i < 4; i++) {
		clear_copied();
		bpf_core_ran(programs[i], UNMAPPED, 8);
		assert_int_equal(copied->result, -EFAULT);
		assert_int_equal(copied->to[0], 0);
	}
}

TEST(text_that_is_cut_is_told_from_one_that_just_fits)
{
	static const char *const texts[] = { "",
					     "a",
					     "01234567890123",
					     "012345678901234",
					     "0123456789012345",
					     "01234567890123456789" };
	struct bpf_core_bss *bss = bpf_core_bss(bpf_core_started());
	struct copied *copied = &bss->copied;

	for (size_t i = 0; i < 2 * sizeof(texts) / sizeof(texts[0]); i++) {
		char text[32] = ""; /* memory that is there: a literal's page may not be */
		size_t length = strlen(texts[i / 2]);
		int user = (int)(i & 1);

		memcpy(text, texts[i / 2], length);
		set_text(bss->texts.a, text);
		clear_copied();
		bpf_core_ran(user ? "str_user" : "str_kernel", user ? (uintptr_t)text : 0, 0);
		assert_int_equal(copied->cut, length > 15);
		assert_int_equal(copied->result, length > 15 ? 16 : length);
		assert_int_equal(copied->to[15 < length ? 15 : length], 0);
		assert_memory_equal(copied->to, text, length > 15 ? 15 : length);
	}
}

TEST(text_that_ends_with_its_page_is_read)
{
	struct copied *copied = &bpf_core_bss(bpf_core_started())->copied;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *pages =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(pages != MAP_FAILED);
	assert_int_equal(mprotect(pages + page, page, PROT_NONE), 0);
	memcpy(pages + page - 4, "end", 4);
	bpf_core_ran("str_user", (uintptr_t)pages + page - 4, 0);
	assert_int_equal(copied->result, 3);
	/* No NUL before the memory ends. */
	pages[page - 1] = '!';
	bpf_core_ran("str_user", (uintptr_t)pages + page - 4, 0);
	assert_int_equal(copied->result, -EFAULT);
	assert_int_equal(copied->to[0], 0);
	/* As many bytes as fit, and what comes then is not there. */
	memset(pages + page - 16, 'x', 16);
	bpf_core_ran("str_user", (uintptr_t)pages + page - 16, 0);
	assert_true(copied->result == -EFAULT || copied->cut == 1);
	munmap(pages, 2 * page);
}
