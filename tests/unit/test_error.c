// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The rules of errors: one per thread, set by failures only, kept by everything that frees. */
#include "harness/test.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <skep/error.h>

#include "base/fail.h"

static int fail_once(void)
{
	return skep_fail_hint(skep_fail(ENOENT, "there is no %s", "bee"), "look into the %s",
			      "hive");
}

TEST(failure_has_code_message_and_hint)
{
	assert_error(fail_once(), ENOENT);
	assert_int_equal(skep_error_last()->code, ENOENT);
	assert_string_equal(skep_error_last()->message, "there is no bee");
	assert_string_equal(skep_error_last()->hint, "look into the hive");
	assert_null(skep_error_last()->log);
}

TEST(next_failure_takes_nothing_over_from_the_last)
{
	fail_once();
	skep_fail_log(-EACCES, strdup("log"));
	skep_fail(EBADF, "other");
	assert_int_equal(skep_error_last()->code, EBADF);
	assert_string_equal(skep_error_last()->message, "other");
	assert_null(skep_error_last()->hint);
	assert_null(skep_error_last()->log);
}

static void *look(void *ctx)
{
	const struct skep_error *e = skep_error_last();
	const struct skep_error **mine = ctx;

	if (e->code || e->message[0] || e->hint || e->log)
		return "a new thread has an error already";
	skep_fail_log(skep_fail(EIO, "of the thread"), strdup("its log"));
	*mine = e;
	return NULL;
}

TEST(each_thread_has_its_own_error)
{
	const struct skep_error *theirs = NULL;
	pthread_t thread;
	void *failed;

	fail_once();
	assert_int_equal(pthread_create(&thread, NULL, look, &theirs), 0);
	assert_int_equal(pthread_join(thread, &failed), 0);
	if (failed)
		fail_msg("%s", (char *)failed);
	assert_ptr_not_equal(theirs, skep_error_last());
	assert_string_equal(skep_error_last()->message, "there is no bee");
}

TEST(error_keeps_errno_as_it_was)
{
	errno = EDOM;
	fail_once();
	skep_fail_quick(EAGAIN, "%s", "x");
	skep_error_last();
	assert_int_equal(errno, EDOM);
}

TEST(quick_failure_makes_its_text_when_read)
{
	char name[] = "flows";

	assert_error(skep_fail_quick(ENOENT, "map '%s' has no such key", name), ENOENT);
	strcpy(name, "XXXXX"); /* the name was copied */
	assert_int_equal(skep_error_last()->code, ENOENT);
	assert_string_equal(skep_error_last()->message, "map 'flows' has no such key");
	assert_null(skep_error_last()->hint);
}

TEST(quick_failure_cuts_long_names)
{
	static const char name[] = "0123456789012345678901234567890123456789";

	skep_fail_quick(ENOENT, "%s", name);
	assert_string_equal(skep_error_last()->message, "0123456789012345678901234567890");
	skep_fail_quick(ENOENT, "%s", "b");
	assert_string_equal(skep_error_last()->message, "b");
}

TEST(quick_failure_is_forgotten_by_the_next_one)
{
	skep_fail_quick(ENOENT, "map '%s'", "a");
	skep_fail(EIO, "plain");
	assert_string_equal(skep_error_last()->message, "plain");
}

TEST(long_message_and_hint_are_cut_whole)
{
	char text[4000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	skep_fail_hint(skep_fail(EIO, "%s", text), "%s", text);
	assert_int_equal(strlen(skep_error_last()->message), 1023);
	assert_int_equal(strlen(skep_error_last()->hint), 1023);
}

TEST(log_is_owned_by_the_error)
{
	char *log = strdup("R0 invalid\n");

	skep_fail_log(skep_fail(EACCES, "refused"), log);
	assert_ptr_equal(skep_error_last()->log, log);
	skep_fail_log(-EACCES, strdup("another")); /* the first is freed: valgrind and ASan see */
	assert_string_equal(skep_error_last()->log, "another");
	assert_error(skep_fail_log(-EACCES, NULL), EACCES);
	assert_string_equal(skep_error_last()->log, "another");
	skep_fail(EIO, "next");
	assert_null(skep_error_last()->log);
}

TEST(copy_is_whole_and_outlives_the_original)
{
	struct skep_error *copy = NULL, *bare = NULL;

	fail_once();
	skep_fail_log(-ENOENT, strdup("the log"));
	assert_ok(skep_error_copy(&copy));
	skep_fail_quick(EAGAIN, "ring '%s'", "events");
	assert_ok(skep_error_copy(&bare));
	skep_fail(EIO, "next");
	assert_int_equal(copy->code, ENOENT);
	assert_string_equal(copy->message, "there is no bee");
	assert_string_equal(copy->hint, "look into the hive");
	assert_string_equal(copy->log, "the log");
	assert_string_equal(bare->message, "ring 'events'");
	assert_null(bare->hint);
	assert_null(bare->log);
	skep_error_free(copy);
	skep_error_free(bare);
	skep_error_free(NULL);
}

TEST(freeing_keeps_the_error_and_errno)
{
	{
		SKEP_AUTO(skep_error) *copy = NULL;

		fail_once();
		assert_ok(skep_error_copy(&copy));
		fail_once();
		errno = EDOM;
	}
	assert_int_equal(errno, EDOM);
	assert_string_equal(skep_error_last()->message, "there is no bee");
}

/* As a destructor of the library does it. */
static void destroy(void)
{
	SKEP_KEEP_ERROR;

	skep_fail_hint(skep_fail(EBUSY, "inside"), "inside");
	skep_fail_quick(EAGAIN, "%s", "inside");
	skep_fail_log(-EIO, strdup("inside"));
	errno = EXDEV;
}

TEST(failures_inside_of_destructors_are_not_recorded)
{
	uint64_t count;

	fail_once();
	count = skep_error_count();
	errno = EDOM;
	destroy();
	assert_int_equal(errno, EDOM);
	assert_int_equal(skep_error_count(), count);
	assert_string_equal(skep_error_last()->message, "there is no bee");
	assert_string_equal(skep_error_last()->hint, "look into the hive");
	assert_null(skep_error_last()->log);
	skep_fail(EIO, "afterwards");
	assert_string_equal(skep_error_last()->message, "afterwards");
}

TEST(users_may_set_errors_of_their_own)
{
	assert_error(skep_error_set(ERANGE, NULL, "port %d", 99), ERANGE);
	assert_string_equal(skep_error_last()->message, "port 99");
	assert_null(skep_error_last()->hint);
	assert_error(skep_error_set(-ERANGE, "another port", "port %d", 98), ERANGE);
	assert_int_equal(skep_error_last()->code, ERANGE);
	assert_string_equal(skep_error_last()->hint, "another port");
}

TEST(error_can_be_told_again_in_other_words)
{
	const struct skep_error *e = skep_error_last();

	fail_once();
	skep_error_set(e->code, e->hint, "in the garden: %s (%s)", e->message, e->hint);
	assert_int_equal(e->code, ENOENT);
	assert_string_equal(e->message, "in the garden: there is no bee (look into the hive)");
	assert_string_equal(e->hint, "look into the hive");
	skep_fail_log(-ENOENT, strdup("the log"));
	skep_error_set(e->code, e->log, "%s", e->log);
	assert_string_equal(e->message, "the log");
	assert_string_equal(e->hint, "the log");
}

TEST(codes_become_standard_ones)
{
	static const struct {
		int from, to;
	} codes[] = {
		{ ENOENT, ENOENT },   { -ENOENT, ENOENT },  { 524, EOPNOTSUPP },
		{ -524, EOPNOTSUPP }, { 4000, EINVAL },     { 4001, EINVAL },
		{ 4002, EOPNOTSUPP }, { 4003, EINVAL },     { 4004, EINVAL },
		{ 4005, EINVAL },     { 4006, EACCES },     { 4007, EACCES },
		{ 4008, E2BIG },      { 4009, EOPNOTSUPP }, { 4010, EOPNOTSUPP },
		{ 4011, EINVAL },     { -4007, EACCES },    { 9999, EINVAL },
		{ 0, EINVAL },        { 600, EINVAL },      { EHWPOISON, EHWPOISON },
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		assert_int_equal(skep_errno_standard(codes[i].from), -codes[i].to);
		assert_error(skep_fail(codes[i].from, "x"), codes[i].to);
		assert_int_equal(skep_error_last()->code, codes[i].to);
	}
}

static const char *printed(const char *what)
{
	static char text[8192];
	char path[4096];
	int fd, saved = dup(STDERR_FILENO);
	ssize_t n;

	snprintf(path, sizeof(path), "%s/stderr", test_tmpdir());
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0 && saved >= 0);
	fflush(stderr);
	dup2(fd, STDERR_FILENO);
	assert_int_equal(skep_perror(what), 1);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	n = pread(fd, text, sizeof(text) - 1, 0);
	close(fd);
	assert_true(n >= 0);
	text[n] = '\0';
	return text;
}

TEST(perror_prints_what_message_hint_and_the_logs_end)
{
	char log[4000] = "", *at = log;

	fail_once();
	assert_string_equal(printed("load"), "load: there is no bee\n  hint: look into the hive\n");
	skep_fail(EIO, "alone");
	assert_string_equal(printed(NULL), "alone\n");
	skep_fail_log(-EIO, strdup("one\ntwo"));
	assert_string_equal(printed("x"), "one\ntwo\nx: alone\n");
	for (int i = 1; i <= 100; i++)
		at += sprintf(at, "line %d\n", i);
	skep_fail_log(-EIO, strdup(log));
	assert_non_null(strstr(printed("x"), "[...]\n"));
	assert_null(strstr(printed("x"), "line 80\n"));
	assert_non_null(strstr(printed("x"), "line 81\n"));
	skep_fail_log(-EIO, strdup(""));
	assert_string_equal(printed("x"), "x: alone\n");
}
