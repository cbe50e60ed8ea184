// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Every way of stopping a loop: before it runs, from callbacks, threads and signal handlers. */
#include "harness/test.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <skep/loop.h>

static struct skep_loop *start(void)
{
	struct skep_loop *loop = NULL;

	assert_ok(skep_loop_new(&loop, NULL));
	return loop;
}

struct counter {
	uint64_t calls, expirations, stop_at;
	int answer;
};

static int on_timer(uint64_t expirations, void *ctx)
{
	struct counter *c = ctx;

	c->expirations += expirations;
	return ++c->calls >= c->stop_at ? c->answer : 0;
}

TEST(stop_before_run_ends_the_next_run_only)
{
	struct skep_loop *loop = start();
	struct counter c = { .stop_at = 2, .answer = 1 };

	skep_loop_stop(loop);
	skep_loop_stop(loop);
	assert_ok(skep_loop_run(loop));
	assert_ok(skep_loop_add_timer(loop, SKEP_MILLISECOND, on_timer, &c));
	assert_ok(skep_loop_run(loop));
	assert_int_equal(c.calls, 2);
	skep_loop_stop(loop);
	assert_ok(skep_loop_step(loop, -1)); /* told to stop */
	assert_ok(skep_loop_run(loop));
	assert_int_equal(c.calls, 2);
	skep_loop_free(loop);
}

static int stop_in_callback(uint64_t expirations, void *ctx)
{
	(void)expirations;
	skep_loop_stop(ctx);
	return 0;
}

TEST(callback_may_stop_the_loop)
{
	struct skep_loop *loop = start();

	assert_ok(skep_loop_add_timer(loop, SKEP_MILLISECOND, stop_in_callback, loop));
	for (int i = 0; i < 10; i++)
		assert_ok(skep_loop_run(loop));
	skep_loop_free(loop);
}

static void *stop_soon(void *ctx)
{
	usleep(20000);
	skep_loop_stop(ctx);
	return NULL;
}

TEST(another_thread_may_stop_the_loop_again_and_again)
{
	struct skep_loop *loop = start();

	for (int i = 0; i < 5; i++) {
		pthread_t thread;

		assert_int_equal(pthread_create(&thread, NULL, stop_soon, loop), 0);
		assert_ok(skep_loop_run(loop));
		pthread_join(thread, NULL);
	}
	skep_loop_free(loop);
}

static struct skep_loop *to_stop;
static int handled;

static void on_alarm(int number)
{
	(void)number;
	handled++;
	errno = EXDEV;
	skep_loop_stop(to_stop);
	if (errno != EXDEV)
		handled = -1000;
}

TEST(signal_handler_may_stop_the_loop)
{
	struct sigaction act = { .sa_handler = on_alarm }, before;

	to_stop = start();
	handled = 0;
	sigaction(SIGALRM, &act, &before);
	ualarm(20000, 0);
	assert_ok(skep_loop_run(to_stop));
	assert_int_equal(handled, 1);
	assert_int_equal(skep_loop_signal(to_stop), 0);
	sigaction(SIGALRM, &before, NULL);
	skep_loop_free(to_stop);
}

static void on_nothing(int number)
{
	(void)number;
	handled++;
}

TEST(signal_of_no_concern_does_not_end_the_loop)
{
	struct sigaction act = { .sa_handler = on_nothing }, before;
	struct skep_loop *loop = start();
	struct counter c = { .stop_at = 3, .answer = 1 };

	handled = 0;
	sigaction(SIGALRM, &act, &before);
	assert_ok(skep_loop_add_timer(loop, 20 * SKEP_MILLISECOND, on_timer, &c));
	ualarm(5000, 5000);
	assert_ok(skep_loop_run(loop));
	ualarm(0, 0);
	sigaction(SIGALRM, &before, NULL);
	assert_int_equal(c.calls, 3);
	assert_true(handled > 3);
	skep_loop_free(loop);
}
