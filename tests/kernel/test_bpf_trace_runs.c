// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Latencies, histograms, samples, fields and shims, by BPF_PROG_TEST_RUN, against a reference here.
 */
#include "harness/test.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "bpf_trace_app.h"

/* --- latency --- */

static uint64_t took(void)
{
	uint64_t ns;

	variable("took", &ns, sizeof(ns), false);
	return ns;
}

static struct skep_latency_counts lost(const char *name)
{
	struct skep_latency_counts counts = { 0 };

	variable(name, &counts, sizeof(counts), false);
	return counts;
}

/* Ends without a start, brackets within brackets, and more of them than there are places. */
static void pair(const char *start, const char *end, const char *lost_name)
{
	uint64_t inner;

	assert_int_equal(run(end, 0, 0), 0);
	assert_int_equal(lost(lost_name).unmatched, 1);
	run(start, 0, 0);
	run(start, 0, 0);
	assert_int_equal(run(end, 0, 0), 1);
	inner = took();
	assert_int_equal(run(end, 0, 0), 1);
	assert_true(took() > inner);
	for (int i = 0; i < 8 + 3; i++)
		run(start, 0, 0);
	assert_int_equal(lost(lost_name).forgotten, 3);
	for (int i = 0; i < 8; i++)
		assert_int_equal(run(end, 0, 0), 1);
	assert_int_equal(run(end, 0, 0), 0);
	assert_int_equal(lost(lost_name).unmatched, 2);
	assert_int_equal(lost(lost_name).full, 0);
}

TEST(latencies_of_a_thread_are_paired_like_brackets)
{
	pair("thread_start", "thread_end", "by_thread__lost");
}

TEST(latencies_in_task_storage_are_paired_like_brackets)
{
	pair("task_start", "task_end", "by_task__lost");
}

TEST(latencies_of_keys_start_anew_and_are_each_their_own)
{
	run("key_start", 1, 0);
	run("key_start", 2, 0);
	run("key_start", 2, 0);
	assert_int_equal(lost("by_key__lost").forgotten, 1);
	assert_int_equal(run("key_end", 2, 0), 1);
	assert_int_equal(run("key_end", 2, 0), 0);
	assert_int_equal(run("key_end", 1, 0), 1);
	assert_int_equal(run("key_end", 3, 0), 0);
	assert_int_equal(lost("by_key__lost").unmatched, 2);
}

/* --- histograms --- */

static unsigned int log2_slot(uint64_t v)
{
	unsigned int slot = 0;

	for (; v; v >>= 1)
		slot++;
	return slot < 63 ? slot : 63;
}

static unsigned int linear_slot(int64_t v, int64_t from, int64_t width)
{
	if (v < from)
		return 0;
	return (uint64_t)(v - from) / (uint64_t)width < 62 ? (unsigned int)((v - from) / width) + 1
							   : 63;
}

static const uint64_t values[] = {
	0,
	1,
	2,
	3,
	4,
	255,
	256,
	1000,
	65535,
	65536,
	1ULL << 31,
	1ULL << 32,
	1ULL << 61,
	1ULL << 62,
	1ULL << 63,
	UINT64_MAX,
	(uint64_t)-20,
	(uint64_t)-21,
	(uint64_t)-16,
	(uint64_t)-15,
	289,
	290,
	9,
	10,
};

TEST(histograms_put_values_where_a_reference_does_and_merge_cpus)
{
	struct skep_hist expected = { 0 }, linear = { .from = -20, .width = 5 }, got;
	const size_t n = sizeof(values) / sizeof(values[0]);
	uint32_t key = 7, other = 8, third = 9;

	load();
	for (size_t i = 0; i < n; i++) {
		app_run_on(object, "count",
			   (unsigned int)(i % (size_t)sysconf(_SC_NPROCESSORS_ONLN)), values[i],
			   key);
		expected.slots[log2_slot(values[i])]++;
		expected.sum += values[i];
		linear.slots[linear_slot((int64_t)values[i], -20, 5)]++;
	}
	expected.count = linear.count = n;
	linear.sum = expected.sum;
	expected.most = UINT64_MAX;
	linear.least = (uint64_t)INT64_MIN;
	linear.most = 1ULL << 62;
	assert_ok(skep_hist_get(&got, skep_object_map(object, "powers"), NULL));
	assert_memory_equal(&got, &expected, sizeof(got));
	assert_ok(skep_hist_get(&got, skep_object_map(object, "powers_of"), &key));
	assert_memory_equal(&got, &expected, sizeof(got));
	assert_ok(skep_hist_get(&got, skep_object_map(object, "widths"), NULL));
	assert_memory_equal(&got, &linear, sizeof(got));
	assert_error(skep_hist_get(&got, skep_object_map(object, "powers_of"), &other), ENOENT);
	assert_error(skep_hist_get(&got, skep_object_map(object, "powers_of"), NULL), EINVAL);
	assert_error(skep_hist_get(&got, skep_object_map(object, "by_key"), &key), EPROTOTYPE);
	assert_error(skep_hist_get(&got, NULL, NULL), EBADF);
	assert_memory_equal(&got, &linear, sizeof(got));
	assert_int_equal(run("count", 1, other), 0);
	assert_int_equal(run("count", 1, third), -1);
}

/* --- samples --- */

static int count_taken(const char *program, uint64_t a, int times)
{
	int taken = 0;

	for (int i = 0; i < times; i++)
		taken += app_run_on(object, program, 0, a, 0);
	return taken;
}

TEST(samples_are_one_of_n_by_count_by_time_by_chance_and_by_key)
{
	int taken = 0, again = 0;

	load();
	assert_int_equal(count_taken("every", 10, 100), 10);
	assert_int_equal(count_taken("every", 1, 10), 10);
	assert_int_equal(count_taken("every", 0, 10), 0);
	assert_int_equal(app_run_on(object, "seen", 0, 0, 0), 120);
	assert_int_equal(count_taken("period", 3600000000000, 10), 1);
	assert_int_equal(run("by_chance", 1, 0), 1000);
	assert_int_equal(run("by_chance", 0, 0), 0);
	for (int i = 0; i < 10; i++)
		taken += run("by_chance", 10, 0);
	/* 1,000 of 10,000, give or take ten standard deviations. */
	assert_in_range(taken, 700, 1300);
	taken = 0;
	for (uint64_t key = 0; key < 400; key++) {
		taken += run("by_hash", key, 4);
		again += run("by_hash", key, 4);
	}
	assert_int_equal(taken, again);
	assert_in_range(taken, 50, 150);
	assert_int_equal(run("by_hash", 5, 1), 1);
	assert_int_equal(run("by_hash", 5, 0), 0);
}

/* --- fields and shims --- */

TEST(field_is_the_first_that_the_kernel_has_or_the_fallback)
{
	assert_int_equal(run("fields", 0, 0), -7);
	assert_int_equal(run("fields", 1, 0), getpid());
	assert_int_equal(run("fields", 2, 0), getpid());
	assert_int_equal(run("fields", 3, 0), 0);
	assert_int_equal(run("fields", 4, 0), getpid());
	assert_int_equal(run("fields", 5, 0), 2);
	assert_int_equal(run("fields", 6, 0), 0);
}

TEST(shims_do_what_helpers_do_and_take_the_other_branch_without)
{
	struct timespec tai, now;
	int without_core = run("without_core", 0, 0);
	uint64_t ns;

	assert_int_equal(run("shims", 0, 0), 5);
	assert_int_equal(run("shims", 1, 0), without_core ? 1 : 2);
	for (uint64_t step = 2; step < 8; step++)
		assert_int_equal(run("shims", step, 0), 1);
	clock_gettime(CLOCK_MONOTONIC, &now);
	clock_gettime(CLOCK_TAI, &tai);
	if (without_core) {
		ns = (uint64_t)(tai.tv_sec - now.tv_sec + 1) * 1000000000;
		variable("offset", &ns, sizeof(ns), true);
	}
	run("shims", 8, 0);
	ns = took();
	assert_true(ns >= (uint64_t)tai.tv_sec * 1000000000 + (uint64_t)tai.tv_nsec);
}
