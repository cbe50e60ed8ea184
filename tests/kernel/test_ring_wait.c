// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Waiting for records: how long, and what ends it. */
#include "harness/machine.h"
#include "harness/test.h"

#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <skep/rings.h>

#include "app.h"
#include "ring.skep.h"

struct app {
	struct ring *ring;
	struct skep_object *object;
	ring_records_ring records;
};

static struct app start(void)
{
	struct app app = { .ring = NULL };

	require_root();
	assert_ok(ring_open(&app.ring, NULL));
	assert_ok(ring_load(app.ring));
	app.object = ring_object(app.ring);
	assert_ok(ring_open_records(app.ring, &app.records, NULL));
	return app;
}

static void end(struct app *app)
{
	skep_ring_free(app->records.ring);
	ring_free(app->ring);
}

static void emit(const struct app *app, uint64_t seq)
{
	assert_int_equal(app_run(app->object, "leave", WAY_END, seq), 0);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

TEST(empty_ring_says_so_at_once_or_in_time)
{
	struct app app = start();
	const struct record *e = NULL;
	int64_t began = now_ms();

	assert_error(skep_ring_next(app.records, &e, 0), EAGAIN);
	assert_string_equal(skep_error_last()->message, "ring 'records' has no record now");
	assert_error(skep_ring_next(app.records, &e, 50), ETIMEDOUT);
	assert_true(now_ms() - began >= 49);
	assert_true(now_ms() - began < test_scaled_ms(2000));
	assert_null(e);
	end(&app);
}

/* Run by a child, so that a waiting reader of this process is really woken from outside. */
static pid_t emit_later(const struct app *app, uint64_t seq, unsigned int ms)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	usleep(ms * 1000);
	emit(app, seq);
	_exit(0);
}

TEST(waiting_reader_is_woken_by_a_record)
{
	struct app app = start();
	const struct record *e = NULL;
	int64_t began = now_ms();
	pid_t child = emit_later(&app, 77, 50);

	assert_ok(skep_ring_next(app.records, &e, test_scaled_ms(10000)));
	assert_int_equal(e->seq, 77);
	assert_true(now_ms() - began < test_scaled_ms(5000));
	waitpid(child, NULL, 0);
	end(&app);
}

/* The reader sleeps too long, as on a busy machine: the record was there in time. */
TEST(record_that_came_in_time_is_taken_even_when_noticed_late)
{
	struct app app = start();
	const struct record *e = NULL;
	pid_t parent = getpid(), child = fork();

	if (!child) {
		usleep(20000);
		kill(parent, SIGSTOP);
		emit(&app, 78);
		usleep((unsigned int)test_scaled_ms(300) * 1000);
		kill(parent, SIGCONT);
		_exit(0);
	}
	assert_ok(skep_ring_next(app.records, &e, test_scaled_ms(200)));
	assert_int_equal(e->seq, 78);
	waitpid(child, NULL, 0);
	end(&app);
}

TEST(foreach_waits_for_more_and_ends_when_none_came)
{
	struct app app = start();
	uint64_t sum = 0;
	pid_t child;
	int err = 1;

	emit(&app, 1);
	child = emit_later(&app, 10, 20);
	skep_ring_foreach(app.records, e, test_scaled_ms(1000), &err)
		sum += e->seq;
	assert_int_equal(err, 0);
	assert_int_equal(sum, 11);
	waitpid(child, NULL, 0);
	end(&app);
}

TEST(end_of_foreach_is_no_failure)
{
	struct app app = start();
	int err = 1;

	emit(&app, 1);
	(void)skep_error_set(ENOTTY, NULL, "an older failure");
	skep_ring_foreach(app.records, e, 0, &err)
		assert_int_equal(e->seq, 1);
	assert_int_equal(err, 0);
	assert_int_equal(skep_error_last()->code, ENOTTY);
	end(&app);
}

static struct skep_ring *stopped_ring;
static struct skep_rings *stopped_rings;

static void stop_ring(int signal)
{
	(void)signal;
	skep_ring_stop(stopped_ring);
	skep_rings_stop(stopped_rings);
}

/* Every 50 ms, so that a signal that comes before the wait does no harm. */
static void signals_stop(bool yes)
{
	struct itimerval often = { { 0, 50000 }, { 0, 50000 } }, never = { { 0, 0 }, { 0, 0 } };
	struct sigaction act = { .sa_handler = stop_ring }, dfl = { .sa_handler = SIG_DFL };

	if (yes)
		sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, yes ? &often : &never, NULL);
	if (!yes)
		sigaction(SIGALRM, &dfl, NULL);
}

/* The signal alone would be -EINTR: that it stopped the ring is what the caller asked for. */
TEST(ring_stopped_by_a_signal_handler_says_so)
{
	struct app app = start();
	const struct record *e = NULL;
	const void *record = NULL;
	int err = 1;

	stopped_ring = app.records.ring;
	assert_ok(skep_rings_of(&stopped_rings, &stopped_ring, 1));
	signals_stop(true);
	assert_error(skep_ring_next(app.records, &e, test_scaled_ms(10000)), ECANCELED);
	skep_ring_foreach(app.records, other, test_scaled_ms(10000), &err)
		fail_msg("%s", "a record nobody wrote");
	assert_int_equal(err, 0);
	assert_error(skep_rings_next_raw(stopped_rings, &record, NULL, test_scaled_ms(10000)),
		     ECANCELED);
	signals_stop(false);
	skep_rings_free(stopped_rings);
	stopped_rings = NULL;
	end(&app);
}

TEST(signal_ends_waiting)
{
	struct app app = start();
	const struct record *e = NULL;
	struct itimerval soon = { .it_value.tv_usec = 50000 }, never = { .it_value.tv_usec = 0 };
	struct sigaction act = { .sa_handler = (void (*)(int))(void *)abs }, before;

	sigaction(SIGALRM, &act, &before);
	setitimer(ITIMER_REAL, &soon, NULL);
	assert_error(skep_ring_next(app.records, &e, test_scaled_ms(10000)), EINTR);
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &before, NULL);
	end(&app);
}
