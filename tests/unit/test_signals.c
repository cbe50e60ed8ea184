// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A loop that was asked to take SIGINT and SIGTERM, and gives them back. */
#include "harness/test.h"

#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <skep/error.h>
#include <skep/loop.h>

#define WITH_SIGNALS SKEP_OPTS(skep_loop_opts, .signals = true)

static struct skep_loop *start(void)
{
	struct skep_loop *loop = NULL;

	assert_ok(skep_loop_new(&loop, WITH_SIGNALS));
	return loop;
}

/* Once: a second one would end the process. */
static int raise_it(uint64_t expirations, void *ctx)
{
	int *number = ctx;

	(void)expirations;
	if (*number)
		raise(*number);
	*number = 0;
	return 0;
}

static void assert_ends(int number)
{
	struct skep_loop *loop = start();
	int once = number;

	assert_int_equal(skep_loop_signal(loop), 0);
	assert_ok(skep_loop_add_timer(loop, SKEP_MILLISECOND, raise_it, &once));
	assert_ok(skep_loop_run(loop));
	assert_int_equal(skep_loop_signal(loop), number);
	skep_loop_free(loop);
}

TEST(sigint_ends_the_loop_and_is_told)
{
	assert_ends(SIGINT);
}

TEST(sigterm_ends_the_loop_and_is_told)
{
	assert_ends(SIGTERM);
}

TEST(signal_before_run_is_not_lost)
{
	struct skep_loop *loop = start();

	raise(SIGTERM);
	assert_ok(skep_loop_run(loop));
	assert_int_equal(skep_loop_signal(loop), SIGTERM);
	skep_loop_free(loop);
}

static int raise_and_stop(uint64_t expirations, void *ctx)
{
	(void)expirations;
	(void)ctx;
	raise(SIGINT);
	return 1;
}

TEST(signal_beside_another_reason_to_stop_is_told_too)
{
	struct skep_loop *loop = start();

	assert_ok(skep_loop_add_timer(loop, SKEP_MILLISECOND, raise_and_stop, NULL));
	assert_ok(skep_loop_run(loop));
	assert_int_equal(skep_loop_signal(loop), SIGINT);
	skep_loop_free(loop);
}

static int open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

TEST(second_loop_with_signals_is_ebusy_until_the_first_is_freed)
{
	struct skep_loop *first = start(), *second = NULL, *plain = NULL;
	int fds = open_fds();

	assert_error(skep_loop_new(&second, WITH_SIGNALS), EBUSY);
	assert_non_null(skep_error_last()->hint);
	assert_null(second);
	assert_int_equal(open_fds(), fds);
	assert_ok(skep_loop_new(&plain, NULL));
	skep_loop_free(plain);
	raise(SIGINT); /* still the first one's */
	assert_ok(skep_loop_run(first));
	assert_int_equal(skep_loop_signal(first), SIGINT);
	skep_loop_free(first);
	second = start();
	assert_int_equal(skep_loop_signal(second), 0);
	raise(SIGINT);
	assert_ok(skep_loop_run(second));
	skep_loop_free(second);
}

static int seen;

static void on_signal(int number)
{
	(void)number;
	seen++;
}

TEST(handlers_are_as_before_after_free)
{
	struct sigaction act = { .sa_handler = on_signal }, before[2], after;

	sigaction(SIGINT, &act, &before[0]);
	sigaction(SIGTERM, &act, &before[1]);
	seen = 0;
	for (int used = 0; used < 2; used++) {
		struct skep_loop *loop = start();

		if (used)
			raise(SIGINT);
		skep_loop_free(loop);
		assert_int_equal(seen, 0);
		sigaction(SIGINT, NULL, &after);
		assert_true(after.sa_handler == on_signal && !(after.sa_flags & SA_RESETHAND));
		sigaction(SIGTERM, NULL, &after);
		assert_true(after.sa_handler == on_signal);
	}
	raise(SIGINT);
	assert_int_equal(seen, 1);
	sigaction(SIGINT, &before[0], NULL);
	sigaction(SIGTERM, &before[1], NULL);
}

static int count_to_three(uint64_t expirations, void *ctx)
{
	int *count = ctx;

	(void)expirations;
	raise(SIGINT);
	return ++*count == 3;
}

/* As a job in the background that a shell started with `&`. */
TEST(ignored_signal_stays_ignored)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before, now;
	struct skep_loop *loop;
	int count = 0;

	sigaction(SIGINT, &ignore, &before);
	loop = start();
	sigaction(SIGINT, NULL, &now);
	assert_true(now.sa_handler == SIG_IGN);
	assert_ok(skep_loop_add_timer(loop, SKEP_MILLISECOND, count_to_three, &count));
	assert_ok(skep_loop_run(loop));
	assert_int_equal(count, 3);
	assert_int_equal(skep_loop_signal(loop), 0);
	skep_loop_free(loop);
	sigaction(SIGINT, NULL, &now);
	assert_true(now.sa_handler == SIG_IGN);
	sigaction(SIGINT, &before, NULL);
}

static int wait_for(pid_t child)
{
	int status = -1;

	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

TEST(second_signal_ends_a_process_that_is_stuck)
{
	pid_t child;
	int status;

	fflush(NULL);
	child = fork();
	if (!child) {
		struct skep_loop *loop;

		signal(SIGINT, SIG_DFL);
		if (skep_loop_new(&loop, WITH_SIGNALS))
			_exit(1);
		raise(SIGINT);
		raise(SIGINT);
		_exit(2);
	}
	status = wait_for(child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
}

/* It has the handler too, but the loop that it would stop is its parent's. */
TEST(signal_to_a_child_does_there_what_it_did_before)
{
	struct skep_loop *loop = start();
	pid_t child;
	int status;

	fflush(NULL);
	child = fork();
	if (!child) {
		raise(SIGTERM);
		_exit(0);
	}
	status = wait_for(child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	assert_error(skep_loop_step(loop, 0), ETIMEDOUT);
	assert_int_equal(skep_loop_signal(loop), 0);
	skep_loop_free(loop);
}
