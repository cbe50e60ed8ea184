// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Records of many rings in the order of their time. */
#include "harness/machine.h"
#include "harness/test.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "app.h"
#include "shards.skep.h"

typedef SKEP_MERGE(struct shard_event) event_merge;

#define LONG_NS UINT64_C(60000000000) /* longer than any case */

struct merge_test {
	struct shards *app;
	shards_chosen_rings rings;
	event_merge merge;
};

static struct merge_test start(const struct skep_merge_opts *opts)
{
	struct merge_test t = { .app = NULL };

	require_root();
	assert_ok(shards_open(&t.app, NULL));
	assert_ok(shards_load(t.app));
	assert_ok(shards_open_chosen(t.app, &t.rings, NULL));
	assert_ok(skep_merge_new(&t.merge, t.rings, time, opts));
	return t;
}

static void end(struct merge_test *t)
{
	skep_merge_free(t->merge.merge);
	skep_rings_free(t->rings.rings);
	shards_free(t->app);
}

static void write_records(const struct merge_test *t, uint64_t ring, uint64_t first, uint64_t count)
{
	struct shard_order order = { .first = first, .count = count, .ring = ring };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &order, .ctx_size_in = sizeof(order));

	assert_int_equal(
		bpf_prog_test_run_opts(skep_program_fd(shards_program_run_chosen(t->app)), &opts),
		0);
}

/* Times of the case's own: ancient ones, so that nothing waits. */
static uint64_t number_as_time(const void *record, size_t bytes, void *ctx)
{
	(void)bytes;
	(void)ctx;
	return ((const struct shard_event *)record)->number;
}

#define BY_NUMBER SKEP_OPTS(skep_merge_opts, .time = number_as_time)

static void assert_next_is(const struct merge_test *t, uint64_t number)
{
	const struct shard_event *e = NULL;

	assert_ok(skep_merge_next(t->merge, &e, 0));
	assert_int_equal(e->number, number);
}

static struct skep_merge_stats stats_of(const struct merge_test *t)
{
	struct skep_merge_stats stats;

	skep_merge_stats(t->merge.merge, &stats);
	return stats;
}

TEST(records_of_many_rings_come_in_the_order_of_time)
{
	struct merge_test t = start(BY_NUMBER);
	const struct shard_event *e = NULL;

	write_records(&t, 3, 10, 2);
	write_records(&t, 0, 7, 1);
	write_records(&t, 7, 1, 3);
	write_records(&t, 0, 12, 2);
	for (const uint64_t *n = (const uint64_t[]){ 1, 2, 3, 7, 10, 11, 12, 13, 0 }; *n; n++)
		assert_next_is(&t, *n);
	assert_int_equal(skep_merge_current(t.merge.merge), 0);
	assert_error(skep_merge_next(t.merge, &e, 0), EAGAIN);
	assert_int_equal(stats_of(&t).late, 0);
	assert_int_equal(stats_of(&t).delivered, 8);
	end(&t);
}

TEST(records_that_are_not_in_order_in_their_own_ring_are_sorted_too)
{
	struct merge_test t = start(BY_NUMBER);

	for (const uint64_t *n = (const uint64_t[]){ 5, 3, 9, 1, 7, 0 }; *n; n++)
		write_records(&t, 2, *n, 1);
	write_records(&t, 4, 4, 1);
	for (const uint64_t *n = (const uint64_t[]){ 1, 3, 4, 5, 7, 9, 0 }; *n; n++)
		assert_next_is(&t, *n);
	assert_int_equal(stats_of(&t).late, 0);
	end(&t);
}

TEST(late_record_is_delivered_at_once_and_counted)
{
	struct merge_test t = start(BY_NUMBER);

	write_records(&t, 0, 100, 1);
	assert_next_is(&t, 100);
	write_records(&t, 1, 50, 2);
	write_records(&t, 2, 100, 2);
	assert_next_is(&t, 50);
	assert_next_is(&t, 51);
	assert_next_is(&t, 100);
	assert_next_is(&t, 101);
	assert_int_equal(stats_of(&t).late, 2);
	end(&t);
}

TEST(record_waits_for_its_time_and_a_flush_lets_it_go)
{
	struct merge_test t = start(SKEP_OPTS(skep_merge_opts, .max_delay_ns = LONG_NS));
	const struct shard_event *e = NULL;
	uint64_t last = 0;
	int err;

	for (uint64_t i = 0; i < 20; i++)
		write_records(&t, (i * 5) % SHARDS, i, 1);
	assert_error(skep_merge_next(t.merge, &e, 0), EAGAIN);
	assert_error(skep_merge_next(t.merge, &e, 2), ETIMEDOUT);
	assert_int_equal(stats_of(&t).held, 20);
	skep_merge_flush(t.merge.merge);
	for (uint64_t i = 0; i < 20; i++)
		assert_next_is(&t, i);
	assert_error(skep_merge_next(t.merge, &e, 0), EAGAIN);
	write_records(&t, 0, 99, 1);
	assert_error(skep_merge_next(t.merge, &e, 0), EAGAIN); /* the flush is over */
	assert_int_equal(stats_of(&t).hurried, 0);
	skep_merge_flush(t.merge.merge);
	skep_merge_foreach(t.merge, f, 0, &err) last = f->number;
	assert_int_equal(err, 0);
	assert_int_equal(last, 99);
	end(&t);
}

TEST(record_is_delivered_when_it_is_old_enough)
{
	struct merge_test t = start(SKEP_OPTS(skep_merge_opts, .max_delay_ns = 20000000));
	const struct shard_event *e = NULL;
	struct timespec now;

	write_records(&t, 1, 5, 1);
	assert_ok(skep_merge_next(t.merge, &e, test_scaled_ms(20000)));
	clock_gettime(CLOCK_MONOTONIC, &now);
	assert_true((uint64_t)now.tv_sec * SKEP_SECOND + (uint64_t)now.tv_nsec - e->time >=
		    20000000);
	assert_int_equal(stats_of(&t).hurried, 0);
	end(&t);
}

TEST(ring_that_is_half_full_is_not_held_until_it_is_full)
{
	struct merge_test t = start(SKEP_OPTS(skep_merge_opts, .max_delay_ns = LONG_NS));
	const struct shard_event *e = NULL;
	struct skep_ring_stats ring;
	uint64_t seen = 0;

	for (int i = 0; i < 20; i++) {
		write_records(&t, 0, (uint64_t)i * 2000, 2000);
		while (!skep_merge_next(t.merge, &e, 0))
			assert_int_equal(e->number, seen++);
	}
	skep_rings_stats(t.rings.rings, &ring);
	assert_int_equal(ring.dropped, 0);
	assert_int_equal(stats_of(&t).hurried, stats_of(&t).delivered);
	assert_true(seen + stats_of(&t).held == 40000);
	assert_int_equal(stats_of(&t).late, 0);
	end(&t);
}

/* Much more than may wait at once: order holds from look to look. */
TEST(backlog_of_full_rings_comes_in_order)
{
	struct merge_test t = start(NULL);
	uint64_t last = 0, seen = 0, wrong = 0;
	int err;

	for (int i = 0; i < 5; i++)
		for (uint64_t ring = 0; ring < SHARDS; ring++)
			write_records(&t, ring, 0, 1200);
	usleep(20000);
	skep_merge_foreach(t.merge, e, 0, &err)
	{
		wrong += e->time < last;
		last = e->time;
		seen++;
	}
	assert_int_equal(err, 0);
	assert_int_equal(seen, SHARDS * 5 * 1200);
	assert_int_equal(wrong, 0);
	assert_int_equal(stats_of(&t).late, 0);
	end(&t);
}

TEST(time_to_come_is_taken_for_now)
{
	struct merge_test t = start(BY_NUMBER);

	write_records(&t, 0, UINT64_MAX - 1, 1);
	write_records(&t, 1, 3, 1);
	assert_next_is(&t, 3);
	usleep(15000);
	assert_next_is(&t, UINT64_MAX - 1);
	end(&t);
}

TEST(what_was_not_delivered_stays_in_the_rings)
{
	struct merge_test t = start(BY_NUMBER);
	const struct shard_event *e = NULL;
	struct skep_ring_stats stats;

	write_records(&t, 0, 1, 3);
	write_records(&t, 1, 2, 2);
	assert_next_is(&t, 1);
	assert_next_is(&t, 2);
	skep_merge_free(t.merge.merge);
	t.merge.merge = NULL;
	skep_rings_stats(t.rings.rings, &stats);
	assert_int_equal(stats.consumed, 2);
	assert_int_equal(stats.pending, 3);
	for (int i = 0; i < 3; i++)
		assert_ok(skep_rings_next(t.rings, &e, 0));
	assert_error(skep_rings_next(t.rings, &e, 0), EAGAIN);
	end(&t);
}

struct load {
	const struct merge_test *test;
	uint64_t ring, batches, each;
	useconds_t pause;
	atomic_uint *running;
};

static void *produce(void *ctx)
{
	struct load *load = ctx;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((unsigned int)(load->ring % (uint64_t)sysconf(_SC_NPROCESSORS_ONLN)), &set);
	sched_setaffinity(0, sizeof(set), &set);
	for (uint64_t i = 0; i < load->batches; i++) {
		write_records(load->test, load->ring, i * load->each, load->each);
		usleep(load->pause);
	}
	atomic_fetch_sub(load->running, 1);
	return NULL;
}

struct outcome {
	uint64_t seen, wrong;
};

/* A producer for each ring, spread over the processors; counts what comes after a newer one. */
static struct outcome merge_under_load(const struct merge_test *t, uint64_t batches, uint64_t each,
				       useconds_t pause)
{
	struct outcome outcome = { 0 };
	struct load load[SHARDS];
	pthread_t threads[SHARDS];
	atomic_uint running = SHARDS;
	uint64_t last = 0;
	bool quiet = false;
	int err;

	for (uint64_t i = 0; i < SHARDS; i++) {
		load[i] = (struct load){ t, i, batches, each, pause, &running };
		assert_int_equal(pthread_create(&threads[i], NULL, produce, &load[i]), 0);
	}
	while (!quiet) {
		quiet = !atomic_load(&running);
		if (quiet)
			skep_merge_flush(t->merge.merge);
		skep_merge_foreach(t->merge, e, quiet ? 0 : 1, &err)
		{
			outcome.wrong += e->time < last;
			last = e->time > last ? e->time : last;
			outcome.seen++;
		}
		assert_int_equal(err, 0);
	}
	for (int i = 0; i < SHARDS; i++)
		pthread_join(threads[i], NULL);
	return outcome;
}

TEST(eight_rings_under_load_keep_order)
{
	struct merge_test t = start(SKEP_OPTS(skep_merge_opts, .max_delay_ns = 1000000000));
	struct skep_ring_stats stats;
	struct outcome outcome = merge_under_load(&t, 40, 50, 2000);

	skep_rings_stats(t.rings.rings, &stats);
	assert_int_equal(stats.dropped, 0);
	assert_int_equal(outcome.seen, SHARDS * 40 * 50);
	assert_int_equal(stats_of(&t).hurried, 0);
	assert_int_equal(stats_of(&t).late, outcome.wrong);
	assert_int_equal(outcome.wrong, 0);
	end(&t);
}

TEST(late_records_are_counted_as_they_are_seen_under_any_load)
{
	struct merge_test t = start(SKEP_OPTS(skep_merge_opts, .max_delay_ns = 1));
	struct skep_ring_stats stats;
	struct outcome outcome = merge_under_load(&t, 50, 2000, 0);

	skep_rings_stats(t.rings.rings, &stats);
	assert_int_equal(outcome.seen + stats.dropped, SHARDS * 50 * 2000);
	assert_int_equal(stats_of(&t).delivered, outcome.seen);
	assert_int_equal(stats_of(&t).late, outcome.wrong);
	end(&t);
}

TEST(wrong_use_is_refused_in_words)
{
	struct merge_test t = start(NULL);
	struct skep_merge *second = NULL;
	shards_own_rings own;

	assert_error(skep_merge_new_raw(&second, t.rings.rings, 0, NULL), EBUSY);
	app_assert_says("chosen[0]");
	assert_ok(shards_open_own(t.app, &own, NULL));
	assert_error(skep_merge_new_raw(&second, own.rings, sizeof(struct shard_event) - 7, NULL),
		     EINVAL);
	assert_error(skep_merge_new_raw(&second, own.rings, SIZE_MAX - 3, NULL), EINVAL);
	assert_null(second);
	skep_merge_free(NULL);
	skep_rings_free(own.rings);
	end(&t);
}
