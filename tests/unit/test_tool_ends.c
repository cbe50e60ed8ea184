/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* libskep-tool: command lines, and every way to an end. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include <skep/error.h>

#include "harness/test.h"
#include "tool_child.h"

static struct child child;
static bool flag;
static uint64_t number, time_ns;
static const char *text, *first, *second;
static unsigned int choice;

static const struct skep_tool_option own[] = {
	{ "flag", 'x', .flag = &flag, .doc = "A flag" },
	{ "number", 'n', "N", "A number", .number = &number, .least = 2, .most = 4096 },
	{ "text", 't', "TEXT", .text = &text },
	{ "mode", 0, "one|two|three", "Without a letter", .choice = &choice },
	{ "time", 0, "SECONDS", .time_ns = &time_ns },
	{ .arg = "FIRST", .text = &first },
	{ .arg = "[SECOND]", .text = &second },
	{ 0 },
};

static const struct skep_tool_opts full = {
	.sz = sizeof(full),
	.doc = "Does this and that.",
	.more = "Examples: none.",
	.version = "4.2",
	.takes = SKEP_TOOL_TAKES_FILTER | SKEP_TOOL_TAKES_INTERVAL,
	.options = own,
};

static int print_values(struct skep_tool *tool)
{
	const struct skep_filter *f = skep_tool_filter(tool);

	printf("%s %d %d %llu %s %u %llu %s %s; %u %u %u '%s'\n", skep_tool_name(tool),
	       skep_tool_is_json(tool), flag, (unsigned long long)number, text ? text : "-", choice,
	       (unsigned long long)time_ns, first, second ? second : "-", f->pid, f->uid, f->by_uid,
	       f->comm);
	return skep_tool_end(tool);
}

static const struct child_plan values = { .opts = &full, .body = print_values };

TEST(options_arrive_with_their_types)
{
	CHILD_RUN(&child, &values, "a");
	assert_string_equal(child.out, "probe 0 0 0 - 0 0 a -; 0 0 0 ''\n");
	CHILD_RUN(&child, &values, "-jx", "-n", "0x10", "--text=", "a", "--mode", "three", "b",
		  "--time", "1.25", "-p", "7", "-u", "0", "-c", "a name longer than fifteen", "-i",
		  "2");
	assert_string_equal(child.out, "probe 1 1 16  2 1250000000 a b; 7 0 1 'a name longer t'\n");
	assert_int_equal(child.status, 0);
	assert_string_equal(child.err, "");
}

static error_t parse_more(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	if (key != 'z')
		return ARGP_ERR_UNKNOWN;
	*(int *)state->input += 1;
	return 0;
}

static int zs;

static int print_zs(struct skep_tool *tool)
{
	printf("%d %d\n", zs, skep_tool_is_json(tool));
	return skep_tool_end(tool);
}

TEST(options_of_a_struct_argp_are_added)
{
	static const struct argp_option z[] = { { "zero", 'z', NULL, 0, "Of another's", 0 },
						{ 0 } };
	static const struct argp more = { .options = z, .parser = parse_more };
	const struct child_plan plan = {
		.opts = SKEP_OPTS(skep_tool_opts, .argp = &more, .input = &zs), .body = print_zs
	};

	CHILD_RUN(&child, &plan, "-zjz", "--zero");
	assert_string_equal(child.out, "3 1\n");
	CHILD_RUN(&child, &plan, "--help");
	assert_non_null(strstr(child.out, "-z, --zero"));
	CHILD_RUN(&child, &plan, "x");
	assert_int_equal(child.status, 2);
}

TEST(wrong_command_lines_are_refused_in_one_line_that_says_why)
{
	static const struct {
		const char *args[4], *says;
	} wrong[] = {
		{ { "/x/probe" }, "which first?" },
		{ { "/x/probe", "a", "b", "c" }, "Too many arguments" },
		{ { "/x/probe", "a", "-n", "1" }, "'1' is not from 2 to 4096" },
		{ { "/x/probe", "a", "-n", "4097" }, "'4097' is not from 2 to 4096" },
		{ { "/x/probe", "a", "-n", "-3" }, "not a number that fits: '-3'" },
		{ { "/x/probe", "a", "-n", " 3" }, "not a number that fits: ' 3'" },
		{ { "/x/probe", "a", "-n", "3x" }, "not a number that fits: '3x'" },
		{ { "/x/probe", "a", "-n", "18446744073709551616" }, "not a number that fits" },
		{ { "/x/probe", "a", "--mode=tw" }, "--mode is one, two or three, not 'tw'" },
		{ { "/x/probe", "a", "--mode=" }, "--mode is one, two or three, not ''" },
		{ { "/x/probe", "a", "--mode=one|two" }, "not 'one|two'" },
		{ { "/x/probe", "a", "-d", "0" }, "not a number of seconds: '0'" },
		{ { "/x/probe", "a", "-d", "1e3" }, "not a number of seconds: '1e3'" },
		{ { "/x/probe", "a", "-d", "nan" }, "not a number of seconds" },
		{ { "/x/probe", "a", "-d", "1." }, "not a number of seconds" },
		{ { "/x/probe", "a", "-d", ".5" }, "not a number of seconds" },
		{ { "/x/probe", "a", "-d", "1.5.2" }, "not a number of seconds" },
		{ { "/x/probe", "a", "-d", "99999999999" }, "not a number of seconds" },
		{ { "/x/probe", "a", "-i", "1s" }, "not a number of seconds" },
		{ { "/x/probe", "a", "-p", "0" }, "'0' is not from 1 to 4194304" },
		{ { "/x/probe", "a", "-u", "4294967295" }, "'4294967295'" },
		{ { "/x/probe", "a", "-u", "no-such-user" }, "'no-such-user'" },
		{ { "/x/probe", "a", "-c", "" }, "--comm" },
		{ { "/x/probe", "a", "--bogus" }, "unrecognized option '--bogus'" },
		{ { "/x/probe", "a", "-n" }, "requires an argument" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const char *args[5] = { NULL };

		memcpy(args, wrong[i].args, sizeof(wrong[i].args));
		child_run(&child, &values, args);
		if (child.status != 2 || !strstr(child.err, wrong[i].says))
			fail_msg("case %zu: %d: %s", i, child.status, child.err);
		assert_string_equal(child.out, "");
		assert_ptr_equal(strstr(child.err, "probe: "), child.err);
		assert_in_range(child_lines(child.err), 1, 2);
	}
}

TEST(help_and_version_tell_all_and_end_well)
{
	CHILD_RUN(&child, &values, "--help");
	if (child.status)
		fail_msg("%d %s %s", child.status, child.out, child.err);
	assert_non_null(strstr(child.out, "Usage: probe [OPTION...] FIRST [SECOND]\n"));
	assert_non_null(strstr(child.out, "Does this and that."));
	assert_non_null(strstr(child.out, "-n, --number=N"));
	assert_non_null(strstr(child.out, "--mode=one|two|three"));
	assert_non_null(strstr(child.out, "-u, --uid=USER"));
	assert_non_null(strstr(child.out, "Examples: none."));
	assert_string_equal(child.err, "");
	CHILD_RUN(&child, &values, "--version");
	assert_int_equal(child.status, 0);
	assert_ptr_equal(strstr(child.out, "probe 4.2 (skep "), child.out);
}

TEST(help_that_cannot_be_written_is_told)
{
	struct child_plan plan = { &full, print_values, open("/dev/full", O_WRONLY | O_CLOEXEC),
				   NULL };
	static const char *const options[] = { "--help", "-?", "--usage", "--version", "-V" };

	for (size_t i = 0; i < 5; i++) {
		CHILD_RUN(&child, &plan, options[i]);
		assert_int_equal(child.status, 1);
		assert_string_equal(child.err, "probe: cannot write to standard output: No space "
					       "left on device\n");
	}
	close(plan.out);
}

TEST(options_that_a_tool_does_not_take_are_not_there)
{
	static const char *const not_taken[] = { "-p1", "-u0", "-cx", "-i1", "x" };
	const struct child_plan plan = { .opts = SKEP_OPTS(skep_tool_opts) };

	for (size_t i = 0; i < 5; i++) {
		CHILD_RUN(&child, &plan, not_taken[i]);
		assert_int_equal(child.status, 2);
	}
	CHILD_RUN(&child, &plan, "-j");
	assert_int_equal(child.status, 0);
}

/* Made wrongly by who wrote the tool. */
static void assert_refused(const struct skep_tool_opts *opts, int code, const char *words)
{
	char *argv[] = { (char[]){ "probe" }, NULL };
	struct skep_tool *tool = NULL;

	assert_error(skep_tool_new(&tool, 1, argv, opts), code);
	assert_null(tool);
	if (!strstr(skep_error_last()->message, words))
		fail_msg("%s", skep_error_last()->message);
}

#define OPTIONS(...)                                                                               \
	.options = (const struct skep_tool_option[])                                               \
	{                                                                                          \
		{ __VA_ARGS__ },                                                                   \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}
#define COLUMNS(...)                                                                               \
	.columns = (const struct skep_tool_column[])                                               \
	{                                                                                          \
		__VA_ARGS__,                                                                       \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}

TEST(tables_that_are_made_wrongly_are_refused)
{
	static struct skep_tool_column many[100];
	struct {
		struct skep_tool_opts opts;
		int more;
	} newer = { .opts = { .sz = sizeof(newer) }, .more = 1 };

	assert_refused(SKEP_OPTS(skep_tool_opts, OPTIONS("a", 'a', .doc = "")), EINVAL, "0 places");
	assert_refused(
		SKEP_OPTS(skep_tool_opts, OPTIONS("a", 'a', "A", .text = &text, .flag = &flag)),
		EINVAL, "2 places");
	assert_refused(SKEP_OPTS(skep_tool_opts, OPTIONS("a", 'a', .text = &text)), EINVAL,
		       "which has no name");
	assert_refused(SKEP_OPTS(skep_tool_opts, OPTIONS(.arg = "A", .flag = &flag)), EINVAL,
		       "is a flag");
	assert_refused(SKEP_OPTS(skep_tool_opts, OPTIONS("a", 'j', .flag = &flag)), EINVAL,
		       "as 'json'");
	assert_refused(SKEP_OPTS(skep_tool_opts, OPTIONS("a", 'V', .flag = &flag)), EINVAL,
		       "as 'version'");
	assert_refused(SKEP_OPTS(skep_tool_opts, OPTIONS("json", .flag = &flag)), EINVAL,
		       "as 'json'");
	assert_refused(SKEP_OPTS(skep_tool_opts, COLUMNS({ "a", .kind = (enum skep_tool_kind)99 })),
		       EINVAL, "of kind 99");
	assert_refused(SKEP_OPTS(skep_tool_opts, COLUMNS({ "a", .kind = SKEP_TOOL_TIME },
							 { "b", .kind = SKEP_TOOL_TIME })),
		       EINVAL, "a second time");
	for (size_t i = 0; i < 99; i++)
		many[i].name = "x";
	assert_refused(SKEP_OPTS(skep_tool_opts, .columns = many), EINVAL, "more than 64 columns");
	assert_refused(&(const struct skep_tool_opts){ 0 }, EINVAL, "sz is not set");
	assert_refused(&newer.opts, E2BIG, "does not know");
}

static const struct skep_tool_column one_text[] = {
	{ "text", .kind = SKEP_TOOL_TEXT },
	{ 0 },
};

static int put_many(struct skep_tool *tool)
{
	int err = 0;

	for (int i = 0; i < 100000 && !err; i++) {
		skep_tool_string(tool, "words");
		err = skep_tool_row_end(tool);
	}
	return skep_tool_end(tool); /* also tells why a row could not be written */
}

TEST(a_full_disk_is_one_line_and_the_end)
{
	struct child_plan plan = { SKEP_OPTS(skep_tool_opts, .columns = one_text), put_many,
				   open("/dev/full", O_WRONLY | O_CLOEXEC), NULL };

	for (int i = 0; i < 2; i++) {
		CHILD_RUN(&child, &plan, i ? "-j" : NULL);
		assert_int_equal(child.status, 1);
		assert_string_equal(child.err, "probe: cannot write to standard output: No space "
					       "left on device\n");
	}
	close(plan.out);
}

static int run(struct skep_tool *tool)
{
	return skep_tool_run(tool, NULL);
}

static void ignore_pipe(void)
{
	signal(SIGPIPE, SIG_IGN);
}

/* Of those that have no columns, nothing is written: a pipe without a reader is noticed all the same. */
TEST(a_reader_that_went_away_is_the_end_told_only_where_sigpipe_was_ignored)
{
	const struct child_plan plans[] = {
		{ .opts = SKEP_OPTS(skep_tool_opts, .columns = one_text), .body = put_many },
		{ .opts = SKEP_OPTS(skep_tool_opts), .body = run },
		{ .opts = SKEP_OPTS(skep_tool_opts), .body = run, .before = ignore_pipe },
	};

	for (int i = 0; i < 3; i++) {
		struct child_plan plan = plans[i];
		int pipes[2];

		assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
		close(pipes[0]);
		plan.out = pipes[1];
		CHILD_RUN(&child, &plan, "-d", "20");
		close(pipes[1]);
		assert_int_equal(child.status, plan.before ? 1 : 141);
		assert_string_equal(
			child.err,
			plan.before ? "probe: cannot write to standard output: Broken pipe\n" : "");
	}
}

static void close_output(void)
{
	close(STDOUT_FILENO);
}

TEST(closed_output_is_told_before_anything_is_done)
{
	const struct child_plan plan = { .opts = SKEP_OPTS(skep_tool_opts),
					 .before = close_output };

	CHILD_RUN(&child, &plan);
	assert_int_equal(child.status, 101);
	assert_ptr_equal(strstr(child.err, "probe: standard output is closed\n"), child.err);
}

static int end_by_signal(struct skep_tool *tool)
{
	raise(SIGTERM);
	return skep_tool_run(tool, NULL);
}

TEST(signals_end_it_well)
{
	const struct child_plan plan = { .opts = SKEP_OPTS(skep_tool_opts, .columns = one_text),
					 .body = end_by_signal };

	CHILD_RUN(&child, &plan);
	assert_int_equal(child.status, 0);
	assert_string_equal(child.out, "TEXT\n");
	assert_string_equal(child.err, "");
}

static int put_table(struct skep_tool *tool, void *ctx)
{
	int *tables = ctx;

	skep_tool_format(tool, "table %d", ++*tables);
	return skep_tool_row_end(tool);
}

static int tabulate(struct skep_tool *tool)
{
	int tables = 0;

	skep_tool_every(tool, put_table, &tables);
	return skep_tool_run(tool, NULL);
}

static const struct child_plan table_plan = {
	.opts = SKEP_OPTS(skep_tool_opts, .columns = one_text, .takes = SKEP_TOOL_TAKES_INTERVAL),
	.body = tabulate,
};

TEST(tables_come_every_so_often_and_at_the_end)
{
	CHILD_RUN(&child, &table_plan, "-d", "0.05");
	assert_string_equal(child.out, "TEXT\ntable 1\n");
	/* The one that is due at the end is the last one. */
	CHILD_RUN(&child, &table_plan, "-d", "0.05", "-i", "0.05");
	assert_string_equal(child.out, "TEXT\ntable 1\n");
	CHILD_RUN(&child, &table_plan, "-d", "0.3", "-i", "0.1", "-j");
	assert_in_range(child_lines(child.out), 1, 3);
	assert_ptr_equal(strstr(child.out, "{\"text\":\"table 1\"}\n"), child.out);
	CHILD_RUN(&child, &table_plan, "-d", "0.3", "-i", "0.1");
	if (strstr(child.out, "table 2"))
		assert_ptr_equal(strstr(child.out, "TEXT\ntable 1\n\nTEXT\ntable 2\n"), child.out);
}

static int put_one_table(struct skep_tool *tool, void *ctx)
{
	return put_table(tool, ctx) ? -1 : 1;
}

static int tabulate_once(struct skep_tool *tool)
{
	int tables = 0;

	skep_tool_every(tool, put_one_table, &tables);
	return skep_tool_run(tool, NULL);
}

TEST(a_table_that_says_stop_is_the_last)
{
	const struct child_plan plan = { .opts = table_plan.opts, .body = tabulate_once };

	CHILD_RUN(&child, &plan, "-i", "0.01", "-d", "30");
	assert_int_equal(child.status, 0);
	assert_string_equal(child.out, "TEXT\ntable 1\n");
}

static int fail_table(struct skep_tool *tool, void *ctx)
{
	(void)tool;
	(void)ctx;
	return skep_error_set(ERANGE, "do that", "this cannot be");
}

static int fail_at_the_end(struct skep_tool *tool)
{
	skep_tool_every(tool, fail_table, NULL);
	return skep_tool_run(tool, NULL);
}

TEST(what_a_callback_fails_with_is_told)
{
	const struct child_plan plan = { .opts = table_plan.opts, .body = fail_at_the_end };

	CHILD_RUN(&child, &plan, "-d", "0.01");
	assert_int_equal(child.status, 1);
	assert_string_equal(child.err, "probe: this cannot be\n  hint: do that\n");
}

TEST(no_tool_is_no_crash)
{
	skep_tool_uint(NULL, 1);
	skep_tool_int(NULL, 1);
	skep_tool_bool(NULL, true);
	skep_tool_text(NULL, "x", 1);
	skep_tool_string(NULL, NULL);
	skep_tool_format(NULL, "x");
	skep_tool_list(NULL, "x", 1, 0);
	skep_tool_address(NULL, 2, "abcd");
	skep_tool_protocol(NULL, 6);
	skep_tool_named(NULL, NULL, 3, 1);
	skep_tool_who(NULL, NULL);
	skep_tool_cred(NULL, NULL, NULL);
	skep_tool_none(NULL);
	skep_tool_note(NULL, "x");
	skep_tool_add(NULL, "x", 1);
	skep_tool_status(NULL, 0);
	skep_tool_at(NULL, 1);
	skep_tool_every(NULL, NULL, NULL);
	skep_tool_free(NULL);
	assert_error(skep_tool_row_end(NULL), EBADF);
	assert_error(skep_tool_columns(NULL, NULL), EBADF);
	assert_error(skep_tool_hist(NULL, NULL, NULL, NULL), EBADF);
	assert_null(skep_tool_loop(NULL));
	assert_string_equal(skep_tool_name(NULL), program_invocation_short_name);
	assert_int_equal(skep_tool_filter(NULL)->pid, 0);
	assert_false(skep_tool_is_json(NULL));
}
