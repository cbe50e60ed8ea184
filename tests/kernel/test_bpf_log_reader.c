// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Readers of messages: levels, limits, what is lost, and whom messages reach. */
#include "harness/test.h"

#include <pthread.h>
#include <unistd.h>

#include "bpf_log_app.h"

/* ---- levels ---- */

TEST(level_may_be_changed_while_programs_run)
{
	static const int all[] = { SKEP_LOG_OFF,  SKEP_LOG_ERROR, SKEP_LOG_WARN,
				   SKEP_LOG_INFO, SKEP_LOG_DEBUG, SKEP_LOG_TRACE };
	uint64_t before;

	bpf_log_started();
	before = bpf_log_bss(heard.app)->evaluated;
	/* Each way to set it, and each level. */
	for (int i = 0; i < 6; i++) {
		if (i % 2)
			assert_ok(
				skep_bpf_log_set_level(heard.reader, (enum skep_log_level)all[i]));
		else
			assert_ok(bpf_log_set_log_level(heard.app, (enum skep_log_level)all[i]));
		heard.count = 0;
		app_run(bpf_log_object(heard.app), "levels", 0, 0);
		assert_int_equal(skep_bpf_log_read(heard.reader, 0), i ? i : -EAGAIN);
		assert_int_equal(heard.count, i);
		for (int j = 0; j < i; j++)
			assert_int_equal(heard.levels[j], j + 1);
	}
	assert_int_equal(bpf_log_bss(heard.app)->evaluated, before + 1); /* only what is written */
	assert_error(skep_bpf_log_set_level(heard.reader, (enum skep_log_level)6), EINVAL);
	assert_error(
		skep_object_set_log_level(bpf_log_object(heard.app), (enum skep_log_level) - 1),
		EINVAL);
}

TEST(level_that_is_set_is_kept_by_who_asks_for_none)
{
	struct skep_object *object = bpf_log_started();

	bpf_log_close();
	assert_ok(bpf_log_set_log_level(heard.app, SKEP_LOG_WARN));
	assert_ok(skep_bpf_log_open(
		&heard.reader, object,
		SKEP_OPTS(skep_bpf_log_opts, .fn = bpf_log_on_message, .ctx = &heard)));
	heard.count = 0;
	app_run(object, "levels", 0, 0);
	assert_int_equal(skep_bpf_log_read(heard.reader, 0), 2);
	bpf_log_close();
	assert_ok(skep_bpf_log_open(
		&heard.reader, object,
		SKEP_OPTS(skep_bpf_log_opts, .fn = bpf_log_on_message, .ctx = &heard)));
	app_run(object, "levels", 0, 0);
	assert_int_equal(skep_bpf_log_read(heard.reader, 0), 3);
	bpf_log_close();
}

TEST(nothing_is_written_before_and_after_somebody_listens)
{
	struct skep_object *object = bpf_log_started();
	struct skep_bpf_log_stats stats;

	bpf_log_close();
	heard.count = 0;
	app_run(object, "none", 0, 0);
	bpf_log_started();
	assert_int_equal(skep_bpf_log_read(heard.reader, 0), -EAGAIN);
	skep_bpf_log_stats(heard.reader, &stats);
	assert_int_equal(stats.delivered, 0);
	app_run(object, "none", 0, 0);
	bpf_log_close(); /* delivers what waits */
	assert_int_equal(heard.count, 2);
}

/* ---- what is lost ---- */

static bool was_told(const char *part)
{
	for (int i = 0; i < heard.count && i < HEARD_MOST; i++)
		if (heard.levels[i] == SKEP_LOG_WARN && strstr(heard.lines[i], part))
			return true;
	return false;
}

TEST(more_than_a_place_may_write_is_counted_and_told)
{
	struct skep_bpf_log_stats stats;

	bpf_log_reopen(SKEP_OPTS(skep_bpf_log_opts, .level = SKEP_LOG_TRACE,
				 .fn = bpf_log_on_message, .ctx = &heard, .per_second = 10));
	for (int i = 0; i < 3; i++)
		app_run(bpf_log_object(heard.app), "storm", 0, 0);
	app_run(bpf_log_object(heard.app), "limited", 0, 0);
	skep_bpf_log_stats(heard.reader, &stats);
	assert_in_range(stats.suppressed, 300 - 2 * 10 + 100 - 2 * 7, 400 - 10 - 7);
	bpf_log_close();
	/* Twice as many when a second ends meanwhile, or did not begin yet. */
	assert_in_range(heard.count - 2, 10 + 7, 2 * (10 + 7));
	assert_int_equal((uint64_t)(heard.count - 2) + stats.suppressed, 400);
	assert_true(was_told("suppressed, as of: storm %d"));
	assert_true(was_told("suppressed, as of: limited %d"));
}

TEST(what_does_not_fit_is_counted_and_told)
{
	struct skep_bpf_log_stats stats;
	int written = 0;

	bpf_log_reopen(SKEP_OPTS(skep_bpf_log_opts, .fn = bpf_log_on_message, .ctx = &heard,
				 .unlimited = true));
	for (; written < 12000; written += 100)
		app_run(bpf_log_object(heard.app), "storm", 0, 0);
	skep_bpf_log_stats(heard.reader, &stats);
	assert_true(stats.dropped > 0);
	bpf_log_close();
	assert_int_equal((uint64_t)heard.count - 1 + stats.dropped, written);
	assert_int_equal(heard.last.level, SKEP_LOG_WARN);
	assert_non_null(strstr(heard.lines[0], "storm 0"));
}

TEST(forged_records_are_told_and_harm_nobody)
{
	struct skep_bpf_log_stats before, after;

	bpf_log_started();
	skep_bpf_log_stats(heard.reader, &before);
	for (uint64_t size = 1; size <= 40; size++)
		for (uint64_t type = 0; type < 300; type += size % 8 ? 97 : 1)
			app_run(bpf_log_object(heard.app), "forged", type, size);
	while (skep_bpf_log_read(heard.reader, 0) > 0)
		;
	skep_bpf_log_stats(heard.reader, &after);
	assert_true(after.bad > before.bad);
	assert_true(was_told("which is none"));
	assert_true(was_told("does not know"));
	bpf_log_hear("twelve", 1, 0, 1);
}

static void *storm_on(void *cpu)
{
	for (int i = 0; i < 50; i++)
		app_run_on(bpf_log_object(heard.app), "storm", *(unsigned int *)cpu, 0, 0);
	return NULL;
}

static uint64_t earliest, latest;

static void on_time(const struct skep_bpf_message *message, void *ctx)
{
	(void)ctx;
	if (message->level != SKEP_LOG_INFO)
		return;
	earliest = message->time_ns < earliest ? message->time_ns : earliest;
	latest = message->time_ns > latest ? message->time_ns : latest;
	heard.count++;
}

/* They share the time of a place: a mixture of two would be a time of long ago, or of no time. */
TEST(times_are_right_when_two_processors_write_at_once)
{
	unsigned int cpus[2] = { 0, sysconf(_SC_NPROCESSORS_ONLN) > 1 };
	struct skep_bpf_log_stats before, after;
	pthread_t threads[2];
	uint64_t begin;

	bpf_log_reopen(SKEP_OPTS(skep_bpf_log_opts, .fn = on_time, .unlimited = true));
	skep_bpf_log_stats(heard.reader, &before);
	earliest = UINT64_MAX;
	latest = 0;
	begin = bpf_log_now_ns();
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, storm_on, &cpus[i]), 0);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	while (skep_bpf_log_read(heard.reader, 0) > 0)
		;
	skep_bpf_log_stats(heard.reader, &after);
	bpf_log_close();
	assert_int_equal((uint64_t)heard.count + after.dropped - before.dropped, 2 * 50 * 100);
	assert_in_range(earliest, begin - 20000000, bpf_log_now_ns());
	assert_in_range(latest, begin, bpf_log_now_ns());
}

/* ---- whom they reach ---- */

static char listened[256];

static void hear_line(enum skep_log_level level, const char *line)
{
	snprintf(listened, sizeof(listened), "%d:%s", level, line);
}

TEST(loop_delivers_to_who_listens)
{
	SKEP_AUTO(skep_loop) *loop = NULL;
	struct skep_object *object = bpf_log_started();

	bpf_log_close();
	skep_log_set(hear_line, SKEP_LOG_DEBUG);
	assert_ok(skep_loop_new(&loop, NULL));
	assert_ok(bpf_log_log(heard.app, loop, NULL));
	assert_error(bpf_log_log(heard.app, loop, SKEP_OPTS(skep_bpf_log_opts, .level = 9)),
		     EINVAL);
	app_run(object, "twelve", 1, 0);
	assert_ok(skep_loop_step(loop, 1000));
	skep_log_set(NULL, SKEP_LOG_OFF);
	assert_string_equal(listened, "3:bpf_log: 1 2 3 4 5 6 7 8 9 10 11 12");
}

TEST(reader_that_left_its_loop_may_be_freed)
{
	SKEP_AUTO(skep_loop) *loop = NULL;
	struct skep_object *object = bpf_log_started();

	assert_ok(skep_loop_new(&loop, NULL));
	assert_ok(skep_loop_add_bpf_log(loop, heard.reader));
	assert_error(skep_loop_add_bpf_log(loop, heard.reader), EEXIST);
	app_run(object, "twelve", 1, 0);
	assert_ok(skep_loop_step(loop, 1000));
	assert_int_equal(heard.count, 1);
	assert_ok(skep_loop_remove(loop, skep_loop_added(loop) - 2));
	bpf_log_close();
	assert_error(skep_loop_add_bpf_log(loop, NULL), EBADF);
	assert_error(skep_loop_add_bpf_log(NULL, heard.reader), EBADF);
}

TEST(nothing_is_left_open)
{
	struct skep_object *object = bpf_log_started();
	int before;

	bpf_log_close();
	before = app_open_fds();
	for (int i = 0; i < 3; i++) {
		SKEP_AUTO(skep_bpf_log) *log = NULL;

		assert_ok(skep_bpf_log_open(&log, object, NULL));
		assert_true(skep_bpf_log_fd(log) >= 0);
	}
	assert_int_equal(app_open_fds(), before);
}

TEST(calls_that_cannot_be_are_refused_in_words)
{
	SKEP_AUTO(skep_bpf_log) *log = NULL;
	SKEP_AUTO(bpf_log) *opened = NULL;
	struct skep_bpf_log_stats stats;

	bpf_log_started();
	assert_error(skep_bpf_log_open(&log, NULL, NULL), EINVAL);
	assert_error(skep_bpf_log_read(NULL, 0), EBADF);
	assert_error(skep_bpf_log_set_level(NULL, SKEP_LOG_INFO), EBADF);
	assert_error(skep_object_set_log_level(NULL, SKEP_LOG_INFO), EINVAL);
	assert_int_equal(skep_bpf_log_fd(NULL), -1);
	assert_false(skep_object_has_log(NULL));
	skep_bpf_log_stats(NULL, &stats);
	assert_int_equal(stats.delivered, 0);
	assert_ok(bpf_log_open(&opened, NULL));
	assert_true(skep_object_has_log(bpf_log_object(opened)));
	assert_error(skep_bpf_log_open(&log, bpf_log_object(opened), NULL), EBADF);
	assert_ok(bpf_log_set_log_level(opened, SKEP_LOG_DEBUG));
	assert_null(log);
}
