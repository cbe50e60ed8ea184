// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The loop without rings: timers and file descriptors. */
#include "harness/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include <skep/error.h>
#include <skep/loop.h>

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
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

TEST(timer_fires_once_a_period)
{
	struct skep_loop *loop = start();
	struct counter c = { .stop_at = 5, .answer = 1 };
	int64_t began = now_ms();

	assert_ok(skep_loop_add_timer(loop, 10 * SKEP_MILLISECOND, on_timer, &c));
	assert_ok(skep_loop_run(loop));
	assert_int_equal(c.calls, 5);
	assert_true(c.expirations >= 5);
	assert_true(now_ms() - began >= 49);
	skep_loop_free(loop);
}

TEST(late_loop_is_told_how_many_periods_passed)
{
	struct skep_loop *loop = start();
	struct counter c = { .stop_at = 1, .answer = 1 };

	assert_ok(skep_loop_add_timer(loop, SKEP_MILLISECOND, on_timer, &c));
	usleep(30000);
	assert_ok(skep_loop_run(loop));
	assert_int_equal(c.calls, 1);
	assert_true(c.expirations >= 29);
	skep_loop_free(loop);
}

TEST(timers_of_all_periods_run_beside_each_other)
{
	struct skep_loop *loop = start();
	struct counter fast = { .stop_at = 20, .answer = 1 }, slow = { .stop_at = UINT64_MAX },
		       never = { .stop_at = UINT64_MAX };

	assert_ok(skep_loop_add_timer(loop, 2 * SKEP_MILLISECOND, on_timer, &fast));
	assert_ok(skep_loop_add_timer(loop, 10 * SKEP_MILLISECOND, on_timer, &slow));
	assert_ok(skep_loop_add_timer(loop, 3600 * SKEP_SECOND, on_timer, &never));
	assert_ok(skep_loop_add_timer(loop, UINT64_MAX, on_timer, &never));
	assert_error(skep_loop_add_timer(loop, 0, on_timer, &never), EINVAL);
	assert_ok(skep_loop_run(loop));
	assert_true(slow.calls >= 2);
	assert_int_equal(never.calls, 0);
	skep_loop_free(loop);
}

TEST(failing_callback_ends_the_loop_with_its_code_and_name)
{
	struct skep_loop *loop = start();
	struct counter c = { .stop_at = 2, .answer = -ERANGE };

	assert_ok(skep_loop_add_timer(loop, SKEP_MILLISECOND, on_timer, &c));
	assert_error(skep_loop_run(loop), ERANGE);
	assert_string_equal(skep_error_last()->message, "handler 'timer' returned -34");
	c.stop_at = 4; /* and it can be run again */
	c.answer = 1;
	assert_ok(skep_loop_run(loop));
	assert_int_equal(c.calls, 4);
	skep_loop_free(loop);
}

static int fail_with_words(uint64_t expirations, void *ctx)
{
	const int *answer = ctx;

	(void)expirations;
	skep_error_set(EDOM, "a hint", "words");
	return *answer;
}

TEST(words_of_a_callback_are_kept_when_they_are_about_its_failure)
{
	struct skep_loop *loop = start();
	int answer = -EDOM;

	assert_ok(skep_loop_add_timer(loop, SKEP_MILLISECOND, fail_with_words, &answer));
	assert_error(skep_loop_run(loop), EDOM);
	assert_string_equal(skep_error_last()->message, "words");
	assert_string_equal(skep_error_last()->hint, "a hint");
	answer = -EIO; /* it failed with something else in the end */
	assert_error(skep_loop_run(loop), EIO);
	assert_string_equal(skep_error_last()->message, "handler 'timer' returned -5");
	skep_loop_free(loop);
}

static int return_old_error(uint64_t expirations, void *ctx)
{
	(void)expirations;
	(void)ctx;
	return -EDOM;
}

TEST(words_from_before_the_callback_are_not_taken_for_its_own)
{
	struct skep_loop *loop = start();

	skep_error_set(EDOM, NULL, "long ago");
	assert_ok(skep_loop_add_timer(loop, SKEP_MILLISECOND, return_old_error, NULL));
	assert_error(skep_loop_run(loop), EDOM);
	assert_string_equal(skep_error_last()->message, "handler 'timer' returned -33");
	skep_loop_free(loop);
}

static int on_readable(int fd, uint32_t events, void *ctx)
{
	struct counter *c = ctx;
	char byte;

	c->calls++;
	if (events & EPOLLIN)
		assert_int_equal(read(fd, &byte, 1), 1);
	return events & EPOLLHUP ? 1 : 0;
}

TEST(file_descriptor_is_reported_as_long_as_it_is_ready)
{
	struct skep_loop *loop = start();
	struct counter c = { 0 };
	int pipes[2];

	assert_int_equal(pipe(pipes), 0);
	assert_ok(skep_loop_add_fd(loop, pipes[0], EPOLLIN, on_readable, &c));
	assert_int_equal(write(pipes[1], "abc", 3), 3);
	for (int i = 0; i < 3; i++)
		assert_ok(skep_loop_step(loop, 0));
	assert_error(skep_loop_step(loop, 0), ETIMEDOUT);
	assert_int_equal(c.calls, 3);
	close(pipes[1]);
	assert_ok(skep_loop_run(loop));
	assert_int_equal(c.calls, 4);
	skep_loop_free(loop);
	assert_int_equal(fcntl(pipes[0], F_GETFD) >= 0, 1); /* it stays the caller's */
	close(pipes[0]);
}

TEST(file_descriptor_that_cannot_be_waited_for_is_refused)
{
	struct skep_loop *loop = start();
	char path[4096];
	int pipes[2], fd;

	snprintf(path, sizeof(path), "%s/file", test_tmpdir());
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(pipe(pipes), 0);
	assert_error(skep_loop_add_fd(loop, fd, EPOLLIN, on_readable, NULL), EPERM);
	assert_error(skep_loop_add_fd(loop, 999, EPOLLIN, on_readable, NULL), EBADF);
	assert_ok(skep_loop_add_fd(loop, pipes[0], EPOLLIN, on_readable, NULL));
	assert_error(skep_loop_add_fd(loop, pipes[0], EPOLLIN, on_readable, NULL), EEXIST);
	assert_non_null(strstr(skep_error_last()->message, "file descriptor"));
	skep_loop_free(loop);
	close(pipes[0]);
	close(pipes[1]);
	close(fd);
}

TEST(step_waits_as_long_as_told)
{
	struct skep_loop *loop = start();
	int64_t began = now_ms();

	assert_error(skep_loop_step(loop, 0), ETIMEDOUT);
	assert_error(skep_loop_step(loop, 40), ETIMEDOUT);
	assert_true(now_ms() - began >= 39);
	skep_loop_free(loop);
}

TEST(freed_loop_leaves_no_descriptor)
{
	int fds = open_fds();
	struct skep_loop *loop = start();
	struct counter c = { 0 };

	for (int i = 0; i < 20; i++)
		assert_ok(skep_loop_add_timer(loop, SKEP_SECOND, on_timer, &c));
	assert_int_equal(open_fds(), fds + 22);
	skep_loop_free(loop);
	skep_loop_free(NULL);
	assert_int_equal(open_fds(), fds);
}

TEST(loop_options_of_a_newer_skep_are_refused)
{
	struct {
		struct skep_loop_opts known;
		uint64_t newer;
	} opts = { .known.sz = sizeof(opts), .newer = 1 };
	struct skep_loop *loop = NULL;

	assert_error(skep_loop_new(&loop, &opts.known), E2BIG);
	assert_null(loop);
	opts.newer = 0;
	assert_ok(skep_loop_new(&loop, &opts.known));
	skep_loop_free(loop);
}
