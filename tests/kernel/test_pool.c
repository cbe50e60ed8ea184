// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Threads that read many rings at once. */
#include "harness/machine.h"
#include "harness/test.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "app.h"
#include "shards.skep.h"

#define PER_RING 20000 /* records */

struct pool_test {
	struct shards *app;
	shards_chosen_rings rings;
	struct skep_pool *pool;
	atomic_ulong seen, wrong;
	uint64_t last[SHARDS];       /* number of each ring, by the thread that has it */
	unsigned int thread[SHARDS]; /* which has it */
	uint64_t stop_at;
	int answer;
};

/* Into memory of the case's own: threads have it too. */
static void start(struct pool_test *t)
{
	require_root();
	memset(t, 0, sizeof(*t));
	assert_ok(shards_open(&t->app, NULL));
	assert_ok(shards_load(t->app));
	assert_ok(shards_open_chosen(t->app, &t->rings, NULL));
}

static void end(struct pool_test *t)
{
	skep_pool_free(t->pool);
	skep_rings_free(t->rings.rings);
	shards_free(t->app);
}

static void write_records(const struct pool_test *t, uint64_t ring, uint64_t first, uint64_t count)
{
	struct shard_order order = { .first = first, .count = count, .ring = ring };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &order, .ctx_size_in = sizeof(order));

	assert_int_equal(
		bpf_prog_test_run_opts(skep_program_fd(shards_program_run_chosen(t->app)), &opts),
		0);
}

/* Numbers begin at the ring's own million: they rise, and one thread alone sees them. */
static int on_event(const void *record, size_t bytes, void *ctx)
{
	const struct shard_event *e = record;
	struct pool_test *t = ctx;
	uint64_t ring = e->number / 1000000;
	unsigned int thread = skep_pool_thread();

	(void)bytes;
	if (e->check != ~(uint32_t)e->number || ring >= SHARDS || e->number <= t->last[ring] ||
	    (t->last[ring] && t->thread[ring] != thread))
		atomic_fetch_add(&t->wrong, 1);
	t->last[ring % SHARDS] = e->number;
	t->thread[ring % SHARDS] = thread;
	return atomic_fetch_add(&t->seen, 1) + 1 == t->stop_at ? t->answer : 0;
}

static bool all_seen(void *ctx)
{
	struct pool_test *t = ctx;

	return atomic_load(&t->seen) >= SHARDS * 3;
}

TEST(each_ring_is_read_by_one_thread_in_its_order)
{
	static struct pool_test t;
	struct skep_ring_stats stats;

	start(&t);
	assert_ok(skep_pool_start(&t.pool, t.rings.rings, 3, on_event, &t));
	assert_int_equal(skep_pool_threads(t.pool), 3);
	for (uint64_t done = 0; done < PER_RING; done += 500)
		for (uint64_t ring = 0; ring < SHARDS; ring++)
			write_records(&t, ring, ring * 1000000 + done + 1, 500);
	skep_pool_stop(t.pool);
	assert_ok(skep_pool_join(t.pool));
	assert_ok(skep_pool_join(t.pool));
	skep_rings_stats(t.rings.rings, &stats);
	assert_int_equal(atomic_load(&t.wrong), 0);
	assert_int_equal(stats.pending, 0); /* the stop delivered what was there */
	assert_int_equal(stats.consumed, atomic_load(&t.seen));
	assert_int_equal(stats.consumed + stats.dropped, SHARDS * PER_RING);
	for (unsigned int ring = 0; ring < SHARDS; ring++)
		assert_int_equal(t.thread[ring], ring % 3);
	end(&t);
}

TEST(threads_that_sleep_are_woken_by_records)
{
	static struct pool_test t;

	start(&t);
	assert_ok(skep_pool_start(&t.pool, t.rings.rings, 0, on_event, &t));
	for (uint64_t i = 1; i <= 3; i++) {
		usleep(20000);
		for (uint64_t ring = 0; ring < SHARDS; ring++)
			write_records(&t, ring, ring * 1000000 + i, 1);
	}
	assert_true(wait_until(all_seen, &t, 20000));
	assert_int_equal(atomic_load(&t.wrong), 0);
	end(&t); /* stops and joins by itself */
}

static void fail_with(int answer)
{
	static struct pool_test t;
	int ret;

	start(&t);
	t.stop_at = 2000;
	t.answer = answer;
	assert_ok(skep_pool_start(&t.pool, t.rings.rings, 4, on_event, &t));
	for (uint64_t ring = 0; ring < SHARDS; ring++)
		write_records(&t, ring, ring * 1000000 + 1, 1000);
	ret = skep_pool_join(t.pool);
	assert_int_equal(ret, answer < 0 ? answer : 0);
	assert_true(atomic_load(&t.seen) >= 2000);
	end(&t);
}

TEST(callback_that_fails_stops_all_threads_and_join_says_so)
{
	fail_with(-ERANGE);
	app_assert_says("handler 'chosen[");
	app_assert_says("returned -34");
}

TEST(callback_that_is_done_stops_all_threads)
{
	fail_with(1);
}

static int fail_in_words(const void *record, size_t bytes, void *ctx)
{
	(void)record;
	(void)bytes;
	(void)ctx;
	return skep_error_set(ENOTTY, "try later", "thread %u has enough", skep_pool_thread());
}

TEST(words_of_a_failing_callback_reach_who_joins)
{
	static struct pool_test t;

	start(&t);
	assert_ok(skep_pool_start(&t.pool, t.rings.rings, 2, fail_in_words, &t));
	write_records(&t, 5, 1, 1);
	assert_error(skep_pool_join(t.pool), ENOTTY);
	assert_string_equal(skep_error_last()->message, "thread 1 has enough");
	assert_string_equal(skep_error_last()->hint, "try later");
	assert_error(skep_pool_join(t.pool), ENOTTY);
	end(&t);
}

static int join_myself(const void *record, size_t bytes, void *ctx)
{
	struct pool_test *t = ctx;

	(void)record;
	(void)bytes;
	while (!atomic_load(&t->seen))
		usleep(100);
	skep_pool_stop(t->pool);
	return skep_pool_join(t->pool);
}

TEST(thread_may_stop_its_pool_and_cannot_join_it)
{
	static struct pool_test t;

	start(&t);
	assert_ok(skep_pool_start(&t.pool, t.rings.rings, 2, join_myself, &t));
	atomic_store(&t.seen, 1);
	write_records(&t, 0, 1, 1);
	assert_error(skep_pool_join(t.pool), EDEADLK);
	end(&t);
}

static struct skep_pool *signalled;

static void on_alarm(int number)
{
	(void)number;
	skep_pool_stop(signalled);
}

TEST(signal_handler_may_stop_a_pool)
{
	static struct pool_test t;
	struct sigaction act = { .sa_handler = on_alarm }, before;

	start(&t);
	assert_ok(skep_pool_start(&t.pool, t.rings.rings, 2, on_event, &t));
	signalled = t.pool;
	sigaction(SIGUSR1, &act, &before);
	kill(getpid(), SIGUSR1);
	assert_ok(skep_pool_join(t.pool));
	sigaction(SIGUSR1, &before, NULL);
	end(&t);
}

TEST(wrong_use_is_refused_in_words)
{
	static struct pool_test t;
	SKEP_MERGE(struct shard_event) merge = { .merge = NULL };
	struct skep_pool *second = NULL;
	struct skep_loop *loop = NULL;

	start(&t);
	assert_error(skep_pool_start(&second, t.rings.rings, 2, NULL, NULL), EINVAL);
	assert_ok(skep_pool_start(&t.pool, t.rings.rings, 1000, on_event, &t));
	assert_int_equal(skep_pool_threads(t.pool), SHARDS);
	assert_error(skep_pool_start(&second, t.rings.rings, 2, on_event, &t), EBUSY);
	app_assert_hints("one reader");
	assert_error(skep_merge_new(&merge, t.rings, time, NULL), EBUSY);
	assert_ok(skep_loop_new(&loop, NULL));
	assert_error(skep_loop_add_rings(loop, t.rings.rings, on_event, &t), EBUSY);
	skep_loop_free(loop);
	assert_null(second);
	skep_pool_stop(t.pool);
	assert_ok(skep_pool_join(t.pool));
	assert_ok(skep_merge_new(&merge, t.rings, time, NULL)); /* the rings are free again */
	skep_merge_free(merge.merge);
	skep_pool_free(NULL);
	assert_int_equal(skep_pool_thread(), 0);
	end(&t);
}

TEST(nothing_is_left_open)
{
	static struct pool_test t;
	int fds = app_open_fds();

	start(&t);
	assert_ok(skep_pool_start(&t.pool, t.rings.rings, 0, on_event, &t));
	write_records(&t, 0, 1, 10);
	end(&t);
	assert_int_equal(app_open_fds(), fds);
}
