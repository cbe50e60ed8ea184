// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Queues, stacks and bloom filters. */
#include "harness/machine.h"
#include "harness/test.h"

#include <unistd.h>

#include "app.h"
#include "map_uses.h"

#define FILE_ "map_uses.bpf.o"

typedef SKEP_QUEUE(struct job) job_queue;
typedef SKEP_QUEUE(__u64) number_queue;
typedef SKEP_BLOOM(__u64) number_filter;

static struct skep_object *open_queue(job_queue *queue, const char *name)
{
	struct skep_object *object = app_load(FILE_);

	assert_ok(skep_map_open(queue, object, name));
	return object;
}

TEST(queue_gives_the_oldest_first_and_a_stack_the_newest)
{
	job_queue jobs, undo;
	struct skep_object *object = open_queue(&jobs, "jobs");
	struct job job = { 0, 0 };

	assert_ok(skep_map_open(&undo, object, "undo"));
	for (uint32_t id = 1; id <= 3; id++)
		assert_int_equal(app_run(object, "add_job", id, id * 10), 0);
	assert_ok(skep_queue_peek(jobs, &job));
	assert_int_equal(job.id, 1);
	for (uint32_t id = 1; id <= 3; id++) {
		assert_ok(skep_queue_pop(jobs, &job));
		assert_int_equal(job.id, id);
		assert_int_equal(job.weight, id * 10);
		assert_ok(skep_queue_pop(undo, &job));
		assert_int_equal(job.id, 4 - id);
	}
	assert_error(skep_queue_pop(jobs, &job), ENOENT);
	assert_string_equal(skep_error_last()->message, "queue 'jobs' is empty");
	assert_error(skep_queue_peek(undo, &job), ENOENT);
	assert_int_equal(job.id, 1);
	skep_map_free(undo.map);
	skep_map_free(jobs.map);
	skep_object_free(object);
}

TEST(program_takes_what_user_space_pushed)
{
	job_queue jobs;
	struct skep_object *object = open_queue(&jobs, "jobs");
	struct job job = { 17, 1 };

	assert_ok(skep_queue_push(jobs, &job));
	job.id = 18;
	assert_ok(skep_queue_push(jobs, &job));
	assert_int_equal(app_run(object, "take_job", 0, 0), 17);
	assert_int_equal(app_run(object, "take_job", 0, 0), 18);
	assert_int_equal(app_run(object, "take_job", 0, 0), 0);
	skep_map_free(jobs.map);
	skep_object_free(object);
}

TEST(full_queue_is_e2big_or_evicts_the_oldest)
{
	job_queue jobs;
	struct skep_object *object = open_queue(&jobs, "jobs");
	struct job job = { 0, 0 };

	for (job.id = 1; job.id <= 8; job.id++)
		assert_ok(skep_queue_push(jobs, &job));
	assert_error(skep_queue_push(jobs, &job), E2BIG);
	assert_string_equal(skep_error_last()->message, "queue 'jobs' is full");
	assert_ok(skep_queue_push_with(jobs, &job, SKEP_PUSH_EVICT));
	assert_error(skep_queue_push_with(jobs, &job, (enum skep_push)7), EINVAL);
	for (uint32_t id = 2; id <= 9; id++) {
		assert_ok(skep_queue_pop(jobs, &job));
		assert_int_equal(job.id, id);
	}
	skep_map_free(jobs.map);
	skep_object_free(object);
}

TEST(what_is_no_queue_is_refused)
{
	job_queue jobs, none = { .map = NULL };
	struct skep_object *object = open_queue(&jobs, "jobs");
	struct skep_map *array = skep_object_map(object, "hidden");
	number_queue numbers = { .map = NULL };
	struct job job = { 1, 2 };
	unsigned char bytes[64] = { 0 };

	assert_error(skep_map_open(&none, object, "hidden"), EPROTOTYPE);
	app_assert_hints("SKEP_MAP(__u32, V)");
	assert_ok(skep_map_open(&numbers, object, "jobs"));
	skep_map_free(numbers.map);
	assert_error(skep_queue_pop_raw(array, bytes), EPROTOTYPE);
	assert_error(skep_queue_push_raw(array, bytes, SKEP_PUSH_ANY), EPROTOTYPE);
	assert_error(skep_queue_peek_raw(skep_object_map(object, "seen"), bytes), EPROTOTYPE);
	assert_error(skep_queue_pop(none, &job), EBADF);
	close(skep_map_fd(jobs.map));
	assert_error(skep_queue_push(jobs, &job), EBADF);
	skep_map_free(jobs.map);
	skep_object_free(object);
}

TEST(filter_has_what_was_added_and_little_else)
{
	struct skep_object *object = app_load(FILE_);
	uint32_t wrong = 0;
	number_filter seen;
	__u64 value;

	assert_ok(skep_map_open(&seen, object, "seen"));
	value = 0;
	assert_int_equal(skep_bloom_has(seen, &value), 0);
	for (value = 0; value < 1000; value++) {
		if (value % 2)
			assert_int_equal(app_run(object, "see", value, 0), 0);
		else
			assert_ok(skep_bloom_add(seen, &value));
	}
	for (value = 0; value < 1000; value++) {
		assert_int_equal(skep_bloom_has(seen, &value), 1);
		assert_int_equal(app_run(object, "has_seen", value, 0), 1);
	}
	for (value = 1000; value < 11000; value++) {
		int has = skep_bloom_has(seen, &value);

		assert_in_range(has, 0, 1);
		wrong += (uint32_t)has;
	}
	if (wrong > 500)
		fail_msg("%u of 10000 values were never added", wrong);
	skep_map_free(seen.map);
	skep_object_free(object);
}

/* The kernel reads it, and nobody writes it. */
TEST(filter_is_asked_with_a_constant)
{
	static const __u64 constant = 12345;
	struct skep_object *object = app_load(FILE_);
	number_filter seen;

	assert_ok(skep_map_open(&seen, object, "seen"));
	assert_ok(skep_bloom_add(seen, &constant));
	assert_int_equal(skep_bloom_has(seen, &constant), 1);
	skep_map_free(seen.map);
	skep_object_free(object);
}

TEST(what_is_no_filter_is_refused)
{
	struct skep_object *object = app_load(FILE_);
	number_filter seen = { .map = NULL };
	uint64_t value[8] = { 1 };

	assert_error(skep_map_open(&seen, object, "jobs"), EPROTOTYPE);
	assert_error(skep_bloom_add(seen, value), EBADF);
	assert_error(skep_bloom_has_raw(skep_object_map(object, "jobs"), value), EPROTOTYPE);
	app_assert_says("map 'jobs' is a queue");
	assert_error(skep_bloom_add_raw(skep_object_map(object, "gauges"), value), EPROTOTYPE);
	assert_ok(skep_map_open(&seen, object, "seen"));
	close(skep_map_fd(seen.map));
	assert_error(skep_bloom_has(seen, value), EBADF);
	assert_error(skep_bloom_add(seen, value), EBADF);
	skep_map_free(seen.map);
	skep_object_free(object);
}
