// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* When the kernel wakes a reader, and when a reader looks by itself. */
#include "harness/machine.h"
#include "harness/test.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "app.h"
#include "ring.skep.h"

struct app {
	struct ring *ring;
	struct skep_object *object;
	ring_records_ring records;
	int epoll_fd; /* the map itself, edge-triggered: each event is a wake-up by the kernel */
};

static struct app start(const struct skep_ring_opts *opts)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	struct app app = { .ring = NULL };
	int fd;

	require_root();
	assert_ok(ring_open(&app.ring, NULL));
	assert_ok(ring_load(app.ring));
	app.object = ring_object(app.ring);
	assert_ok(ring_open_records(app.ring, &app.records, opts));
	fd = skep_map_fd(skep_object_map(app.object, "records"));
	app.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	assert_int_equal(epoll_ctl(app.epoll_fd, EPOLL_CTL_ADD, fd, &event), 0);
	return app;
}

static void end(struct app *app)
{
	close(app->epoll_fd);
	skep_ring_free(app->records.ring);
	ring_free(app->ring);
}

static void emit(const struct app *app, uint64_t seq)
{
	assert_int_equal(app_run(app->object, "leave", WAY_END, seq), 0);
}

/* Whether the kernel raised a wake-up since the last time; it does so from an interrupt. */
static bool was_woken(const struct app *app, int ms)
{
	struct epoll_event event;

	return epoll_wait(app->epoll_fd, &event, 1, ms) == 1;
}

static void take(const struct app *app, uint64_t seq)
{
	const struct record *e = NULL;

	assert_ok(skep_ring_next(app->records, &e, 0));
	assert_int_equal(e->seq, seq);
}

static struct skep_ring_stats stats_of(const struct app *app)
{
	struct skep_ring_stats stats;

	skep_ring_stats(app->records.ring, &stats);
	return stats;
}

TEST(reader_that_runs_is_not_woken)
{
	struct app app = start(NULL);
	const struct record *e;

	emit(&app, 0);
	assert_true(was_woken(&app, test_scaled_ms(1000)));
	take(&app, 0);
	for (uint64_t i = 1; i < 1000; i++) {
		assert_error(skep_ring_next(app.records, &e, 0), EAGAIN);
		emit(&app, i);
		take(&app, i);
	}
	assert_false(was_woken(&app, 50));
	assert_int_equal(stats_of(&app).consumed, 1000);
	end(&app);
}

TEST(reader_that_slept_is_woken_by_the_next_record)
{
	struct app app = start(NULL);
	const struct record *e;

	for (uint64_t i = 0; i < 20; i++) {
		assert_error(skep_ring_next(app.records, &e, 2), ETIMEDOUT);
		was_woken(&app, 0);
		emit(&app, i);
		assert_true(was_woken(&app, test_scaled_ms(1000)));
		take(&app, i);
	}
	end(&app);
}

TEST(reader_that_wants_every_wakeup_gets_it)
{
	struct app app = start(SKEP_OPTS(skep_ring_opts, .wakeup = SKEP_WAKEUP_EVERY));
	const struct record *e;

	for (uint64_t i = 0; i < 20; i++) {
		emit(&app, i);
		assert_true(was_woken(&app, test_scaled_ms(1000)));
		take(&app, i);
		assert_error(skep_ring_next(app.records, &e, 0), EAGAIN);
	}
	end(&app);
}

TEST(record_that_is_large_against_the_ring_is_not_held_back)
{
	struct app app = { .ring = NULL };
	ring_large_ring large;
	const struct large_record *e;

	require_root();
	assert_ok(ring_open(&app.ring, NULL));
	assert_ok(ring_load(app.ring));
	assert_ok(ring_open_large(app.ring, &large, NULL));
	/* 4 KiB have room for three: with one held back, not for three at once again. */
	for (uint64_t i = 0; i < 50; i++) {
		for (int k = 0; k < 3; k++)
			app_run(ring_object(app.ring), "emit_large", 0, i);
		for (int k = 0; k < 3; k++)
			assert_ok(skep_ring_next(large, &e, 0));
		assert_error(skep_ring_next(large, &e, 0), EAGAIN);
	}
	skep_ring_free(large.ring);
	ring_free(app.ring);
}

TEST(bytes_asked_for_are_waited_for_but_not_for_ever)
{
	struct app app = start(SKEP_OPTS(skep_ring_opts, .wakeup_bytes = 1024));
	const struct record *e = NULL;
	struct timespec began, ended;
	double ms;

	assert_error(skep_ring_next(app.records, &e, 2), ETIMEDOUT);
	emit(&app, 7);
	/* It lies there: who asks at once gets it, who waits for 1,024 bytes does later. */
	clock_gettime(CLOCK_MONOTONIC, &began);
	assert_ok(skep_ring_next(app.records, &e, 0));
	assert_error(skep_ring_next(app.records, &e, 2), ETIMEDOUT);
	assert_int_equal(e->seq, 7);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	ms = (double)(ended.tv_sec - began.tv_sec) * 1e3 +
	     (double)(ended.tv_nsec - began.tv_nsec) / 1e6;
	assert_true(ms < test_scaled_ms(2000));
	end(&app);
}

TEST(policy_that_does_not_exist_is_refused)
{
	struct app app = start(NULL);
	ring_records_ring other = { .ring = NULL };

	assert_error(ring_open_records(app.ring, &other,
				       SKEP_OPTS(skep_ring_opts, .wakeup = (enum skep_wakeup)4)),
		     EINVAL);
	assert_null(other.ring);
	end(&app);
}

static void *stop_later(void *ring)
{
	usleep(20000);
	skep_ring_stop(ring);
	return NULL;
}

TEST(waiting_reader_is_stopped_from_another_thread)
{
	struct app app = start(NULL);
	const struct record *e = NULL;
	pthread_t thread;
	int err = 1;

	pthread_create(&thread, NULL, stop_later, app.records.ring);
	assert_error(skep_ring_next(app.records, &e, -1), ECANCELED);
	pthread_join(thread, NULL);
	/* Each stop counts once, also one that comes before the wait. */
	assert_error(skep_ring_next(app.records, &e, 1), ETIMEDOUT);
	skep_ring_stop(app.records.ring);
	skep_ring_foreach(app.records, r, -1, &err)
		assert_null(r);
	assert_int_equal(err, 0);
	assert_error(skep_ring_next(app.records, &e, 1), ETIMEDOUT);
	end(&app);
}

static struct skep_ring *stopped_by_signal;

static void on_signal(int signal)
{
	(void)signal;
	skep_ring_stop(stopped_by_signal);
}

TEST(waiting_reader_is_stopped_by_a_signal_handler)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART }, old;
	struct app app = start(NULL);
	const struct record *e = NULL;
	int err;

	stopped_by_signal = app.records.ring;
	sigaction(SIGUSR1, &action, &old);
	assert_error(skep_ring_next(app.records, &e, 1), ETIMEDOUT);
	raise(SIGUSR1);
	err = skep_ring_next(app.records, &e, -1);
	assert_int_equal(err, -ECANCELED);
	sigaction(SIGUSR1, &old, NULL);
	end(&app);
}

/* A loop of somebody else's: its poll() says when to look, and says nothing while there is nothing. */
TEST(descriptor_for_other_loops_tells_when_to_look)
{
	struct app app = start(NULL);
	const struct record *e;
	struct epoll_event event = { .events = EPOLLIN };
	int theirs = epoll_create1(EPOLL_CLOEXEC), fd = skep_ring_fd(app.records.ring);
	int idle = 0;
	uint64_t seq = 0;

	assert_true(fd >= 0);
	assert_int_equal(epoll_ctl(theirs, EPOLL_CTL_ADD, fd, &event), 0);
	for (uint64_t i = 0; i < 200; i++) {
		emit(&app, i);
		assert_int_equal(epoll_wait(theirs, &event, 1, (int)test_scaled_ms(2000)), 1);
		while (!skep_ring_next(app.records, &e, 0))
			assert_int_equal(e->seq, seq++);
	}
	while (seq < 200 && epoll_wait(theirs, &event, 1, (int)test_scaled_ms(2000)) == 1)
		while (!skep_ring_next(app.records, &e, 0))
			assert_int_equal(e->seq, seq++);
	assert_int_equal(seq, 200);
	/* Idle: it looks ten times a second, in case a program writes without waking anybody. */
	for (int i = 0; i < 20; i++)
		if (epoll_wait(theirs, &event, 1, 20) == 1) {
			assert_error(skep_ring_next(app.records, &e, 0), EAGAIN);
			idle++;
		}
	assert_true(idle < 12);
	close(theirs);
	end(&app);
}

TEST(wakeups_are_counted_in_a_loop_of_somebody_elses)
{
	struct app app = start(SKEP_OPTS(skep_ring_opts, .wakeup = SKEP_WAKEUP_EVERY));
	struct pollfd theirs = { .fd = skep_ring_fd(app.records.ring), .events = POLLIN };
	const struct record *e;

	assert_true(theirs.fd >= 0);
	for (uint64_t i = 0; i < 20; i++) {
		assert_error(skep_ring_next(app.records, &e, 0), EAGAIN);
		emit(&app, i);
		assert_int_equal(poll(&theirs, 1, (int)test_scaled_ms(2000)), 1);
		take(&app, i);
	}
	assert_error(skep_ring_next(app.records, &e, 0), EAGAIN);
	assert_true(stats_of(&app).wakeups > 0 && stats_of(&app).wakeups <= 20);
	end(&app);
}

struct told {
	uint64_t dropped, bad;
	int calls;
};

static void on_loss(struct skep_ring *ring, const struct skep_ring_loss *loss, void *ctx)
{
	struct told *told = ctx;

	(void)ring;
	told->dropped += loss->dropped;
	told->bad += loss->bad;
	told->calls++;
}

TEST(loss_is_told_once)
{
	struct app app = start(NULL);
	const struct record *e;
	struct told told = { 0 };

	skep_ring_on_loss(app.records.ring, on_loss, &told);
	for (uint64_t i = 0; i < 200; i++) /* 170 fit */
		app_run(app.object, "leave", WAY_END, i);
	while (!skep_ring_next(app.records, &e, 0))
		;
	assert_int_equal(told.dropped, 30);
	assert_int_equal(told.calls, 1);
	assert_error(skep_ring_next(app.records, &e, 0), EAGAIN);
	assert_int_equal(told.calls, 1);
	end(&app);
}

TEST(advised_size_drops_nothing_of_the_same_load)
{
	struct app app = start(NULL);
	struct ring *again = NULL;
	const struct record *e;
	struct skep_ring_stats stats;
	ring_records_ring records;
	uint64_t advice;

	for (uint64_t i = 0; i < 1000; i++)
		app_run(app.object, "leave", WAY_END, i);
	while (!skep_ring_next(app.records, &e, 0))
		;
	assert_int_equal(stats_of(&app).dropped, 830);
	advice = skep_ring_advice(app.records.ring);
	assert_int_equal(advice & (advice - 1), 0);
	assert_ok(ring_open(&again, NULL));
	assert_ok(ring_resize_records(again, (uint32_t)advice));
	assert_ok(ring_load(again));
	assert_ok(ring_open_records(again, &records, NULL));
	for (uint64_t i = 0; i < 1000; i++)
		app_run(ring_object(again), "leave", WAY_END, i);
	while (!skep_ring_next(records, &e, 0))
		;
	skep_ring_stats(records.ring, &stats);
	assert_int_equal(stats.dropped, 0);
	assert_int_equal(stats.consumed, 1000);
	assert_int_equal(skep_ring_advice(records.ring), advice);
	skep_ring_free(records.ring);
	ring_free(again);
	end(&app);
}

TEST(reader_that_was_not_used_takes_nothing_back)
{
	struct app app = start(NULL);
	ring_records_ring idle;
	const struct record *e;

	assert_ok(ring_open_records(app.ring, &idle, NULL));
	for (uint64_t i = 0; i < 100; i++)
		emit(&app, i);
	for (uint64_t i = 0; i < 100; i++)
		take(&app, i);
	/* Long enough to sleep: who is late already leaves the last record's place taken. */
	assert_error(skep_ring_next(app.records, &e, test_scaled_ms(50)), ETIMEDOUT);
	skep_ring_free(idle.ring);
	for (uint64_t i = 0; i < 170; i++)
		emit(&app, 100 + i);
	assert_int_equal(stats_of(&app).dropped, 0);
	for (uint64_t i = 0; i < 170; i++)
		take(&app, 100 + i);
	end(&app);
}
