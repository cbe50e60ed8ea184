// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A progress line: not too often, only for terminals, and never by the library. */
#include "harness/test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <skep/loop.h>

struct shown {
	int calls, ends;
	struct skep_progress_now last;
};

static void show(const struct skep_progress_now *now, void *ctx)
{
	struct shown *s = ctx;

	s->calls++;
	s->ends += now->ended;
	s->last = *now;
}

TEST(it_is_called_at_most_so_often_and_at_the_end)
{
	struct skep_progress *p = NULL;
	struct shown s = { 0 };
	uint64_t began = skep_now_ns(), i = 0, ms;

	assert_ok(skep_progress_new(
		&p, show, &s,
		SKEP_OPTS(skep_progress_opts, .always = true, .total = 1000000, .per_second = 50)));
	while (s.calls < 5)
		skep_progress_set(p, ++i);
	ms = (skep_now_ns() - began) / SKEP_MILLISECOND;
	assert_true(ms >= 100);
	assert_int_equal(s.last.done, i);
	assert_int_equal(s.last.total, 1000000);
	assert_true(s.last.elapsed_ns >= 100 * SKEP_MILLISECOND);
	assert_true(s.last.per_second > 0);
	assert_int_equal(s.last.left_ns > 0, i < 1000000);
	assert_int_equal(s.ends, 0);
	skep_progress_set(p, 1000000);
	skep_progress_end(p);
	assert_int_equal(s.ends, 1);
	assert_int_equal(s.last.done, 1000000);
	assert_int_equal(s.last.left_ns, 0);
	skep_progress_end(p);
	skep_progress_set(p, 7);
	assert_int_equal(s.ends, 1);
	skep_progress_free(p);
}

TEST(short_work_shows_nothing)
{
	struct skep_progress *p = NULL;
	struct shown s = { 0 };

	assert_ok(skep_progress_new(
		&p, show, &s, SKEP_OPTS(skep_progress_opts, .always = true, .per_second = 1)));
	for (uint64_t i = 0; i < 100; i++)
		skep_progress_set(p, i);
	skep_progress_end(p);
	assert_int_equal(s.calls, 0);
	skep_progress_free(p);
	skep_progress_free(NULL);
	skep_progress_set(NULL, 1);
	skep_progress_end(NULL);
}

static int calls_with(int fd)
{
	struct skep_progress *p = NULL;
	struct shown s = { 0 };
	uint64_t began = skep_now_ns();

	assert_ok(skep_progress_new(&p, show, &s,
				    SKEP_OPTS(skep_progress_opts, .fd = fd, .per_second = 1000)));
	while (skep_now_ns() - began < 20 * SKEP_MILLISECOND)
		skep_progress_set(p, 1);
	skep_progress_end(p);
	skep_progress_free(p);
	return s.calls;
}

TEST(only_a_terminal_is_written_to)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY), file;

	file = open("/dev/null", O_WRONLY | O_CLOEXEC);
	assert_true(file > 0);
	assert_int_equal(calls_with(file), 0);
	assert_int_equal(calls_with(999), 0);
	close(file);
	if (terminal < 0)
		test_skip("no pseudo terminals here: %s", strerror(errno));
	assert_true(calls_with(terminal) > 1);
	close(terminal);
}

TEST(what_makes_no_sense_is_refused)
{
	struct skep_progress *p = NULL;

	assert_error(skep_progress_new(&p, NULL, NULL, NULL), EINVAL);
	assert_error(skep_progress_new(&p, show, NULL,
				       SKEP_OPTS(skep_progress_opts, .per_second = 1001)),
		     EINVAL);
	assert_null(p);
}
