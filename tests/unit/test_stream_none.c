// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Handles that were never opened, or whose opening failed and was not looked at. */
#include "harness/test.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include <skep/skep.h>

union pair {
	uint64_t NUMBER;
};

typedef SKEP_RING(uint64_t) number_ring;
typedef SKEP_RINGS(uint64_t) number_rings;
typedef SKEP_MERGE(uint64_t) number_merge;
typedef SKEP_TAGGED_RING(union pair) pair_ring;
typedef SKEP_TAGGED_RINGS(union pair) pair_rings;

enum {
	NUMBER
};

static int on_number(const uint64_t *number, void *ctx)
{
	(void)number;
	(void)ctx;
	return 0;
}

SKEP_TAGGED(on_pair, union pair, SKEP_TAG_HANDLER(NUMBER, on_number))

static int on_record(const void *record, size_t bytes, void *ctx)
{
	(void)record;
	(void)bytes;
	(void)ctx;
	return 0;
}

static int on_time(uint64_t expirations, void *ctx)
{
	(void)expirations;
	(void)ctx;
	return 0;
}

static int on_task(void *ctx)
{
	(void)ctx;
	return 0;
}

TEST(ring_that_is_none_fails_in_words)
{
	number_ring none = { NULL };
	const uint64_t *e = NULL, *some[2];
	uint64_t copy;
	int err = 0;

	assert_error(skep_ring_next(none, &e, -1), EBADF);
	assert_string_equal(skep_error_last()->message, "there is no ring");
	assert_non_null(skep_error_last()->hint);
	assert_error(skep_ring_peek(none, &e, -1), EBADF);
	assert_error(skep_ring_next_until(none, &e, UINT64_MAX), EBADF);
	assert_error(skep_ring_batch(none, some, 2, -1), EBADF);
	assert_error(skep_ring_copy(none, &copy, -1), EBADF);
	skep_ring_foreach(none, other, -1, &err)
		fail_msg("%s", "a record of no ring");
	assert_int_equal(err, -EBADF);
	assert_null(e);
}

TEST(ring_that_is_none_has_nothing_to_tell)
{
	struct skep_ring_stats stats, zero = { 0 };

	memset(&stats, 1, sizeof(stats));
	skep_ring_stop(NULL);
	skep_ring_on_loss(NULL, NULL, NULL);
	skep_ring_stats(NULL, &stats);
	assert_memory_equal(&stats, &zero, sizeof(stats));
	assert_int_equal(skep_ring_advice(NULL), 0);
	assert_string_equal(skep_ring_name(NULL), "");
	assert_int_equal(skep_ring_fd(NULL), -1);
	assert_int_equal(skep_error_last()->code, EBADF);
}

TEST(rings_that_are_none_fail_in_words)
{
	number_rings none = { NULL };
	number_merge merge = { NULL };
	struct skep_pool *pool = NULL;
	const uint64_t *e = NULL;
	int err = 0;

	assert_error(skep_rings_next(none, &e, -1), EBADF);
	skep_rings_foreach(none, other, -1, &err) fail_msg("%s", "a record of no ring");
	assert_int_equal(err, -EBADF);
	assert_error(skep_merge_new_raw(&merge.merge, NULL, 0, NULL), EBADF);
	assert_error(skep_merge_next(merge, &e, -1), EBADF);
	skep_merge_foreach(merge, other, -1, &err) fail_msg("%s", "a record of no merge");
	assert_int_equal(err, -EBADF);
	assert_error(skep_pool_start(&pool, NULL, 1, on_record, NULL), EBADF);
	assert_error(skep_pool_join(NULL), EBADF);
	assert_null(pool);
	assert_null(merge.merge);
}

TEST(rings_that_are_none_have_nothing_to_tell)
{
	struct skep_ring_stats stats;
	struct skep_merge_stats merged;

	skep_rings_stop(NULL);
	skep_rings_on_loss(NULL, NULL, NULL);
	skep_rings_stats(NULL, &stats);
	assert_int_equal(stats.consumed, 0);
	assert_int_equal(skep_rings_count(NULL), 0);
	assert_int_equal(skep_rings_current(NULL), 0);
	assert_null(skep_rings_ring(NULL, 0));
	assert_int_equal(skep_rings_advice(NULL), 0);
	assert_int_equal(skep_rings_fd(NULL), -1);
	skep_merge_stats(NULL, &merged);
	assert_int_equal(merged.delivered, 0);
	assert_int_equal(skep_merge_current(NULL), 0);
	skep_merge_flush(NULL);
	skep_pool_stop(NULL);
	assert_int_equal(skep_pool_threads(NULL), 0);
}

TEST(tagged_rings_that_are_none_fail_in_words)
{
	struct skep_ring_type_stats stats;
	struct skep_loop *loop = NULL;
	pair_ring one = { NULL };
	pair_rings many = { NULL };

	assert_error(skep_tagged_next(one, on_pair, NULL, -1), EBADF);
	assert_error(skep_ring_type_stats(NULL, 0, &stats), EBADF);
	assert_error(skep_tagged_rings_next(many, on_pair, NULL, -1), EBADF);
	assert_error(skep_rings_type_stats(NULL, 0, &stats), EBADF);
	assert_error(skep_tagged_pass(one, one.ring, on_pair, &stats, 8, NULL), EBADF);
	assert_ok(skep_loop_new(&loop, NULL));
	assert_error(skep_loop_add_tagged(loop, one, on_pair, NULL), EBADF);
	assert_error(skep_loop_add_tagged_rings(loop, many, on_pair, NULL), EBADF);
	skep_loop_free(loop);
}

TEST(loop_that_is_none_fails_in_words)
{
	assert_error(skep_loop_run(NULL), EBADF);
	assert_string_equal(skep_error_last()->message, "there is no loop");
	assert_error(skep_loop_step(NULL, -1), EBADF);
	assert_error(skep_loop_drain(NULL), EBADF);
	assert_error(skep_loop_add_timer(NULL, 1, on_time, NULL), EBADF);
	assert_error(skep_loop_add_delay(NULL, 1, on_time, NULL), EBADF);
	assert_error(skep_loop_add_fd(NULL, 0, EPOLLIN, NULL, NULL), EBADF);
	assert_error(skep_loop_add_child(NULL, 1, NULL, NULL), EBADF);
	assert_error(skep_loop_add_ring(NULL, NULL, on_record, NULL), EBADF);
	assert_error(skep_loop_defer(NULL, on_task, NULL), EBADF);
	assert_error(skep_loop_post(NULL, on_task, NULL), EBADF);
	assert_error(skep_loop_remove(NULL, 1), ENOENT);
	skep_loop_stop(NULL);
	assert_int_equal(skep_loop_signal(NULL), 0);
	assert_int_equal(skep_loop_added(NULL), 0);
	assert_int_equal(skep_loop_current(NULL), 0);
	assert_null(skep_loop_ring(NULL, "x"));
}

TEST(nothing_is_added_to_a_loop_without_a_callback)
{
	struct skep_loop *loop = NULL;

	assert_ok(skep_loop_new(&loop, NULL));
	assert_error(skep_loop_add_timer(loop, 1, NULL, NULL), EINVAL);
	assert_error(skep_loop_add_deadline(loop, 1, NULL, NULL), EINVAL);
	assert_error(skep_loop_add_fd(loop, 0, EPOLLIN, NULL, NULL), EINVAL);
	assert_error(skep_loop_add_child(loop, 1, NULL, NULL), EINVAL);
	assert_error(skep_loop_defer(loop, NULL, NULL), EINVAL);
	assert_error(skep_loop_post(loop, NULL, NULL), EINVAL);
	assert_error(skep_loop_add_ring(loop, NULL, on_record, NULL), EBADF);
	assert_error(skep_loop_add_rings(loop, NULL, on_record, NULL), EBADF);
	assert_error(skep_loop_step(loop, 0), ETIMEDOUT);
	skep_loop_free(loop);
}

TEST(object_that_is_none_has_no_rings)
{
	number_ring ring = { NULL };
	number_rings rings = { NULL };
	pair_ring pairs = { NULL };

	assert_error(skep_object_load(NULL), EINVAL);
	assert_error(skep_ring_open(&ring, NULL, "events", NULL), EINVAL);
	assert_string_equal(skep_error_last()->message, "there is no object");
	assert_error(skep_rings_open(&rings, NULL, "events", NULL), EINVAL);
	assert_error(skep_tagged_open(&pairs, NULL, "events", NULL), EINVAL);
	assert_error(skep_object_resize(NULL, "events", 4096), EINVAL);
	assert_null(ring.ring);
	assert_null(rings.rings);
	assert_null(pairs.ring);
}
