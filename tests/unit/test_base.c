// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Options, the log callback, short texts, the version. */
#include "harness/test.h"

#include <skep/log.h>
#include <skep/number.h>
#include <skep/version.h>

#include "base/logging.h"
#include "base/opts.h"
#include "base/text.h"
#include "base/fail.h"

struct my_opts {
	size_t sz;
	int a;
	int b;
};

TEST(no_options_are_all_defaults)
{
	const struct my_opts *opts = NULL;

	assert_ok(SKEP_OPTS_CHECK(opts));
	assert_int_equal(SKEP_OPT(opts, a), 0);
}

TEST(options_by_name_have_their_size_and_the_rest_is_zero)
{
	const struct my_opts *volatile opts = SKEP_OPTS(my_opts, .b = 7);

	assert_ok(SKEP_OPTS_CHECK(opts));
	assert_int_equal(opts->sz, sizeof(struct my_opts));
	assert_int_equal(SKEP_OPT(opts, a), 0);
	assert_int_equal(SKEP_OPT(opts, b), 7);
}

TEST(options_of_an_older_caller_end_where_its_struct_ends)
{
	struct my_opts older = { .sz = offsetof(struct my_opts, b), .a = 3, .b = 99 };
	struct my_opts *volatile opts = &older;

	assert_ok(SKEP_OPTS_CHECK(opts));
	assert_int_equal(SKEP_OPT(opts, a), 3);
	assert_int_equal(SKEP_OPT(opts, b), 0);
	older.sz += 1; /* half a member is none */
	assert_int_equal(SKEP_OPT(opts, b), 0);
}

TEST(options_of_a_newer_caller_are_refused_only_where_used)
{
	struct {
		struct my_opts known;
		unsigned char newer[16];
	} opts = { .known = { .sz = sizeof(opts), .a = 1 } };

	assert_ok(skep_opts_check(&opts, sizeof(struct my_opts), "my_opts"));
	opts.newer[15] = 1;
	assert_error(skep_opts_check(&opts, sizeof(struct my_opts), "my_opts"), E2BIG);
	assert_non_null(strstr(skep_error_last()->message, "my_opts: options of 32 bytes"));
	assert_non_null(skep_error_last()->hint);
}

TEST(options_without_a_size_are_refused)
{
	const struct my_opts unsized = { .a = 1 }, *opts = &unsized;

	assert_error(SKEP_OPTS_CHECK(opts), EINVAL);
	assert_non_null(strstr(skep_error_last()->hint, "SKEP_OPTS()"));
}

static char heard[2000];
static int lines;

static void listen(enum skep_log_level level, const char *line)
{
	lines++;
	snprintf(heard + strlen(heard), sizeof(heard) - strlen(heard), "%d:%s|", level, line);
}

static void start_listening(enum skep_log_level level)
{
	heard[0] = '\0';
	lines = 0;
	skep_log_set(listen, level);
}

TEST(listener_hears_what_it_wants_and_no_more)
{
	start_listening(SKEP_LOG_INFO);
	skep_log(SKEP_LOG_WARN, "a %d", 1);
	skep_log(SKEP_LOG_INFO, "b");
	skep_log(SKEP_LOG_DEBUG, "c");
	assert_string_equal(heard, "2:a 1|3:b|");
	skep_log_set(NULL, SKEP_LOG_DEBUG);
	skep_log(SKEP_LOG_WARN, "d");
	assert_false(skep_log_wants(SKEP_LOG_WARN));
	start_listening(SKEP_LOG_OFF);
	skep_log(SKEP_LOG_WARN, "e");
	assert_int_equal(lines, 0);
	skep_log_set(NULL, SKEP_LOG_OFF);
}

TEST(several_lines_come_one_by_one_without_newlines)
{
	start_listening(SKEP_LOG_DEBUG);
	skep_log_lines(SKEP_LOG_DEBUG, "one\ntwo\n\nfour");
	assert_string_equal(heard, "4:one|4:two|4:|4:four|");
	start_listening(SKEP_LOG_DEBUG);
	skep_log_lines(SKEP_LOG_DEBUG, "one\n");
	skep_log_lines(SKEP_LOG_DEBUG, "");
	assert_string_equal(heard, "4:one|");
	skep_log_set(NULL, SKEP_LOG_OFF);
}

TEST(long_line_is_cut)
{
	char text[3000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	start_listening(SKEP_LOG_DEBUG);
	skep_log(SKEP_LOG_WARN, "%s", text);
	assert_int_equal(strlen(heard), 2 + 1023 + 1);
	skep_log_set(NULL, SKEP_LOG_OFF);
}

TEST(ready_line_comes_whole_to_who_wants_it)
{
	char text[1500];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	start_listening(SKEP_LOG_WARN);
	skep_log_line(SKEP_LOG_WARN, text);
	assert_int_equal(strlen(heard), 2 + sizeof(text) - 1 + 1);
	skep_log_line(SKEP_LOG_INFO, text);
	assert_int_equal(lines, 1);
	skep_log_set(NULL, SKEP_LOG_OFF);
}

TEST(text_is_put_together_and_never_overflows)
{
	struct skep_text text = { 0 };

	skep_text_add(&text, "%d", 1);
	skep_text_add(&text, "-%s", "two");
	assert_string_equal(text.buf, "1-two");
	for (int i = 0; i < 1000; i++)
		skep_text_add(&text, "abc");
	assert_int_equal(strlen(text.buf), sizeof(text.buf) - 1);
	assert_int_equal(text.used, sizeof(text.buf) - 1);
}

TEST(names_are_separated_by_commas)
{
	struct skep_text text = { 0 };

	skep_text_add_name(&text, "a");
	skep_text_add_name(&text, "b");
	skep_text_add_name(&text, "c");
	assert_string_equal(text.buf, "a, b, c");
}

TEST(library_has_the_headers_version)
{
	char text[32];

	snprintf(text, sizeof(text), "%d.%d.%d", SKEP_VERSION_MAJOR, SKEP_VERSION_MINOR,
		 SKEP_VERSION_PATCH);
	assert_string_equal(skep_version_string(), SKEP_VERSION_STRING);
	assert_string_equal(SKEP_VERSION_STRING, text);
}

TEST(number_is_taken_whole_within_its_bounds_by_every_integer)
{
	uint8_t byte = 0;
	uint16_t port = 0;
	int pid = 0;
	uint64_t wide = 0;

	assert_ok(skep_number("255", 0, 255, &byte));
	assert_int_equal(byte, 255);
	assert_ok(skep_number("0xffff", 1, 65535, &port));
	assert_int_equal(port, 65535);
	assert_ok(skep_number("1", 1, SKEP_PID_MOST, &pid));
	assert_int_equal(pid, 1);
	assert_ok(skep_number("18446744073709551615", 0, UINT64_MAX, &wide));
	assert_true(wide == UINT64_MAX);
	assert_ok(skep_number("010", 0, UINT64_MAX, &wide));
	assert_int_equal(wide, 8);
}

TEST(what_is_no_number_or_does_not_fit_is_refused_and_changes_nothing)
{
	static const char *const none[] = {
		"", "x", "1x", "-1", "+1", " 1", "1 ", "0x", "08", "1.5"
	};
	uint16_t port = 7;

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_error(skep_number(none[i], 0, 65535, &port), EINVAL);
	assert_error(skep_number("x", 1, 65535, &port), EINVAL);
	assert_string_equal(skep_error_last()->message, "'x' is not a number");
	assert_string_equal(skep_error_last()->hint, "give one from 1 to 65535");
	assert_error(skep_number("0", 1, 65535, &port), ERANGE);
	assert_error(skep_number("70000", 1, 65535, &port), ERANGE);
	assert_error(skep_number("99999999999999999999999", 1, 65535, &port), ERANGE);
	assert_string_equal(skep_error_last()->message,
			    "'99999999999999999999999' is not a number from 1 to 65535");
	assert_error(skep_number("1", 1, 65536, &port), EINVAL);
	assert_error(skep_number_raw("1", 1, 2, &port, 3), EINVAL);
	assert_ok(skep_number(NULL, 1, 65535, &port));
	assert_int_equal(port, 7);
}
