// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Sixteen producers, and a reader that is slow, or stopped, or killed: every attempt to write is
 * accounted for, and no record is lost, torn or seen twice.
 */
#include "harness/machine.h"
#include "harness/test.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "app.h"
#include "storm.skep.h"

#define PRODUCERS 16
#define CHUNK     5000

struct storm_test {
	struct storm *app;
	storm_events_ring events;
	uint64_t each; /* records of one producer */
	atomic_uint running;
	atomic_ulong failures;
	atomic_uchar *seen; /* by number; shared with children */
	pthread_t threads[PRODUCERS];
};

struct producer {
	struct storm_test *test;
	uint64_t first;
};

/* Emulated processors are some 30 times slower. */
static uint64_t records_each(void)
{
	uint64_t each = test_is_full() ? 10000000 : 1000000;

	return each / (uint64_t)(test_scaled_ms(1000) > 1000 ? 100 : 1);
}

static void *produce(void *arg)
{
	struct producer *p = arg;

	for (uint64_t done = 0; done < p->test->each; done += CHUNK) {
		struct storm_order order = { .first = p->first + done, .count = CHUNK };
		LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &order,
			    .ctx_size_in = sizeof(order));

		if (bpf_prog_test_run_opts(skep_program_fd(storm_program_storm(p->test->app)),
					   &opts))
			atomic_fetch_add(&p->test->failures, 1);
	}
	atomic_fetch_sub(&p->test->running, 1);
	free(p);
	return NULL;
}

static void begin(struct storm_test *t)
{
	size_t bytes;

	require_root();
	memset(t, 0, sizeof(*t));
	t->each = records_each();
	bytes = t->each * PRODUCERS;
	t->seen = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(t->seen != MAP_FAILED);
	assert_ok(storm_open(&t->app, NULL));
	assert_ok(storm_load(t->app));
	assert_ok(storm_open_events(t->app, &t->events, NULL));
}

static void start_producers(struct storm_test *t)
{
	atomic_store(&t->running, PRODUCERS);
	for (uint64_t i = 0; i < PRODUCERS; i++) {
		struct producer *p = malloc(sizeof(*p));

		assert_non_null(p);
		*p = (struct producer){ t, i * t->each };
		assert_int_equal(pthread_create(&t->threads[i], NULL, produce, p), 0);
	}
}

static void wait_for_producers(struct storm_test *t)
{
	for (int i = 0; i < PRODUCERS; i++)
		pthread_join(t->threads[i], NULL);
	assert_int_equal(atomic_load(&t->failures), 0);
}

static void end(struct storm_test *t)
{
	skep_ring_free(t->events.ring);
	munmap(t->seen, t->each * PRODUCERS);
	storm_free(t->app);
}

/* Marks a record as seen; false when it is torn. */
static bool see(struct storm_test *t, const struct storm_event *e)
{
	if (e->check != ~e->number || e->number >= t->each * PRODUCERS)
		return false;
	atomic_fetch_add(&t->seen[e->number], 1);
	return true;
}

struct seen {
	uint64_t once, more;
};

static struct seen count_seen(const struct storm_test *t)
{
	struct seen seen = { 0 };

	for (uint64_t i = 0; i < t->each * PRODUCERS; i++) {
		unsigned char times = atomic_load(&t->seen[i]);

		seen.once += times == 1;
		seen.more += times > 1;
	}
	return seen;
}

static void assert_not_less(const struct skep_ring_stats *now, const struct skep_ring_stats *before)
{
	assert_true(now->consumed >= before->consumed);
	assert_true(now->dropped >= before->dropped);
	assert_true(now->discarded >= before->discarded);
	assert_true(now->bad >= before->bad);
	assert_true(now->skipped >= before->skipped);
	assert_true(now->wakeups >= before->wakeups);
	assert_true(now->naps >= before->naps);
	assert_true(now->most_bytes >= before->most_bytes);
}

static void assert_accounted(const struct storm_test *t, const struct skep_ring_stats *stats)
{
	uint64_t attempts = storm_bss(t->app)->attempts;

	assert_int_equal(attempts, t->each * PRODUCERS);
	assert_int_equal(stats->discarded, storm_bss(t->app)->given_up);
	assert_int_equal(stats->bad, 0);
	assert_int_equal(stats->consumed + stats->discarded + stats->bad + stats->dropped +
				 stats->pending,
			 attempts);
}

/* Reads until the producers are done, sleeping `us` after each thousand records. */
static uint64_t read_slowly(struct storm_test *t, unsigned int us)
{
	struct skep_ring_stats before = { 0 }, now;
	uint64_t records = 0, torn = 0;
	int err = 0;

	do {
		skep_ring_foreach(t->events, e, 10, &err) {
			torn += !see(t, e);
			if (!(++records % 1000) && us)
				usleep(us);
			if (!(records % 100000))
				break;
		}
		assert_int_equal(err, 0);
		skep_ring_stats(t->events.ring, &now);
		assert_not_less(&now, &before);
		before = now;
	} while (atomic_load(&t->running) || now.pending);
	assert_int_equal(torn, 0);
	return records;
}

static void check_each_seen_once(struct storm_test *t, uint64_t records)
{
	struct skep_ring_stats stats;
	struct seen seen = count_seen(t);

	skep_ring_stats(t->events.ring, &stats);
	assert_accounted(t, &stats);
	assert_int_equal(stats.pending, 0);
	assert_int_equal(stats.consumed, records);
	assert_int_equal(seen.more, 0);
	assert_int_equal(seen.once, records);
}

TEST(fast_reader_accounts_for_every_attempt)
{
	struct storm_test t;
	uint64_t records;

	begin(&t);
	start_producers(&t);
	records = read_slowly(&t, 0);
	wait_for_producers(&t);
	check_each_seen_once(&t, records);
	end(&t);
}

TEST(slow_reader_accounts_for_every_attempt)
{
	struct storm_test t;
	uint64_t records;

	begin(&t);
	start_producers(&t);
	records = read_slowly(&t, 300);
	wait_for_producers(&t);
	check_each_seen_once(&t, records);
	end(&t);
}

TEST(stopped_reader_finds_what_fitted_and_the_rest_is_counted)
{
	struct skep_ring_stats stats;
	struct storm_test t;
	uint64_t records;

	begin(&t);
	start_producers(&t);
	wait_for_producers(&t);
	skep_ring_stats(t.events.ring, &stats);
	assert_accounted(&t, &stats);
	assert_true(stats.pending > 10000);
	records = read_slowly(&t, 0);
	assert_int_equal(records, stats.pending);
	check_each_seen_once(&t, records);
	end(&t);
}

/* A child reads, and is killed in the middle; then this process reads on. */
TEST(reader_after_a_killed_one_misses_no_record)
{
	struct skep_ring_stats stats;
	struct storm_test t;
	struct seen seen;
	int status, err;
	pid_t child;

	begin(&t);
	child = fork();
	if (!child) {
		storm_events_ring mine;

		if (storm_open_events(t.app, &mine, NULL))
			_exit(1);
		skep_ring_foreach(mine, e, -1, &err)
			see(&t, e);
		_exit(2);
	}
	start_producers(&t);
	while (storm_bss(t.app)->attempts < t.each * PRODUCERS / 2)
		usleep(100);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	skep_ring_free(t.events.ring);
	assert_ok(storm_open_events(t.app, &t.events, NULL));
	read_slowly(&t, 0);
	wait_for_producers(&t);
	seen = count_seen(&t);
	skep_ring_stats(t.events.ring, &stats);
	/* What the dead one had not given back is seen again; nothing is seen never. */
	assert_int_equal(seen.once + seen.more + stats.dropped + stats.discarded,
			 storm_bss(t.app)->attempts);
	assert_true(seen.more * sizeof(struct storm_event) <= stats.size_bytes);
	end(&t);
}
