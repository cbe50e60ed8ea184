/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* libskep-tool: rows as text and as JSON, whatever is in them. */
#include <arpa/inet.h>
#include <jansson.h>
#include <time.h>

#include <skep/error.h>
#include <skep/hist.h>

#include "harness/test.h"
#include "tool_child.h"

static struct child child;

static const struct skep_tool_column all_kinds[] = {
	{ "id", .kind = SKEP_TOOL_UINT },
	{ "level", .kind = SKEP_TOOL_INT, .width = 5, .flags = SKEP_TOOL_RIGHT },
	{ "count", .kind = SKEP_TOOL_COUNT, .width = 6 },
	{ "flags", .kind = SKEP_TOOL_HEX, .width = 6 },
	{ "took", .kind = SKEP_TOOL_DURATION },
	{ "error", .kind = SKEP_TOOL_ERROR },
	{ "known", .kind = SKEP_TOOL_BOOL, .width = 5 },
	{ "only_text", .kind = SKEP_TOOL_TEXT, .width = 4, .flags = SKEP_TOOL_ONLY_TEXT,
	  .heading = "T" },
	{ "only_json", .kind = SKEP_TOOL_TEXT, .flags = SKEP_TOOL_ONLY_JSON },
	{ "from", .kind = SKEP_TOOL_ADDRESS, .width = 9 },
	{ "args", .kind = SKEP_TOOL_LIST },
	{ 0 },
};

static int put_all_kinds(struct skep_tool *tool)
{
	const struct in_addr from = { htonl(0x0a000001) };

	skep_tool_uint(tool, 42);
	skep_tool_int(tool, -7);
	skep_tool_uint(tool, 1000);
	skep_tool_uint(tool, 0x1f);
	skep_tool_uint(tool, 1234567);
	skep_tool_int(tool, -2);
	skep_tool_bool(tool, true);
	skep_tool_string(tool, "t");
	skep_tool_format(tool, "%s%d", "j", 1);
	skep_tool_address(tool, AF_INET, &from);
	skep_tool_list(tool, "a\0b c\0\0\"q\\\"", 12, 20);
	skep_tool_note(tool, "and %d", 1);
	skep_tool_note(tool, "more\n");
	skep_tool_add(tool, "extra", -1);
	return skep_tool_row_end(tool) ? skep_perror("probe") : skep_tool_run(tool, NULL);
}

static const struct child_plan kinds_plan = {
	.opts = SKEP_OPTS(skep_tool_opts, .columns = all_kinds),
	.body = put_all_kinds,
};

TEST(every_kind_is_text_in_its_column)
{
	CHILD_RUN(&child, &kinds_plan, "-d", "0.001");
	assert_int_equal(child.status, 0);
	assert_string_equal(
		child.out,
		"ID      LEVEL  COUNT FLAGS         TOOK ERROR   KNOWN T    FROM      ARGS\n"
		"42         -7   1000 0x1f      1.235 ms ENOENT  yes   t    10.0.0.1  "
		"a \"b c\" \"\" \"\\\"q\\\\\\\"\" [cut: 20 bytes] and 1 more\\x0a\n");
	assert_string_equal(child.err, "");
}

static json_t *parse(const char *text)
{
	json_error_t error;
	json_t *object = json_loads(text, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);

	if (!object)
		fail_msg("no JSON: %s: %s", error.text, text);
	return object;
}

TEST(every_kind_is_json_under_its_name)
{
	json_t *is, *wanted = json_pack("{s:i,s:i,s:i,s:i,s:i,s:s,s:b,s:s,s:s,s:[s,s,s,s],s:b,s:i}",
					"id", 42, "level", -7, "count", 1000, "flags", 0x1f, "took",
					1234567, "error", "ENOENT", "known", 1, "only_json", "j1",
					"from", "10.0.0.1", "args", "a", "b c", "", "\"q\\\"",
					"truncated", 1, "extra", -1);

	CHILD_RUN(&child, &kinds_plan, "-j", "-d", "0.001");
	assert_int_equal(child.status, 0);
	assert_int_equal(child_lines(child.out), 1);
	is = parse(child.out);
	if (!json_equal(is, wanted))
		fail_msg("%s", child.out);
	json_decref(is);
	json_decref(wanted);
}

static int put_none(struct skep_tool *tool)
{
	for (size_t i = 0; all_kinds[i].name; i++)
		skep_tool_none(tool);
	if (skep_tool_row_end(tool))
		return skep_perror("probe");
	return skep_tool_end(tool);
}

TEST(what_is_not_known_is_a_dash_and_no_key)
{
	struct child_plan plan = { .opts = kinds_plan.opts, .body = put_none };

	CHILD_RUN(&child, &plan);
	assert_string_equal(
		strchr(child.out, '\n') + 1,
		"-           -      - -                - -       -     -    -        \n");
	CHILD_RUN(&child, &plan, "--json");
	assert_string_equal(child.out, "{}\n");
	assert_int_equal(child.status, 0);
}

/* Text that others chose: what a terminal acts on, and what is not UTF-8. */
static const struct {
	const char *bytes, *text, *json;
} hostile[] = {
	{ "plain \xc3\xbc \xe2\x82\xac \xf0\x9f\x90\x9d",
	  "plain \xc3\xbc \xe2\x82\xac \xf0\x9f\x90\x9d",
	  "plain \xc3\xbc \xe2\x82\xac \xf0\x9f\x90\x9d" },
	{ "\033[2J\r\n\t\b\a\x7f", "\\x1b[2J\\x0d\\x0a\\x09\\x08\\x07\\x7f",
	  "\033[2J\r\n\t\b\a\x7f" },
	{ "\xc2\x9b"
	  "2J",
	  "\\xc2\\x9b2J",
	  "\xc2\x9b"
	  "2J" },
	{ "\x9b"
	  "2J",
	  "\\x9b2J", "?2J" },
	{ "\xe2\x80\xae"
	  "exe.txt",
	  "\\xe2\\x80\\xaeexe.txt",
	  "\xe2\x80\xae"
	  "exe.txt" },
	{ "\xe2\x80\xa8", "\\xe2\\x80\\xa8", "\xe2\x80\xa8" },
	{ "\xe2\x80\x8e", "\\xe2\\x80\\x8e", "\xe2\x80\x8e" },
	{ "\xe2\x80\x8f", "\\xe2\\x80\\x8f", "\xe2\x80\x8f" },
	{ "\xd8\x9c", "\\xd8\\x9c", "\xd8\x9c" },
	{ "\xe2\x81\xa6\xe2\x81\xa9", "\\xe2\\x81\\xa6\\xe2\\x81\\xa9",
	  "\xe2\x81\xa6\xe2\x81\xa9" },
	{ "back\\x41", "back\\\\x41", "back\\x41" },
	{ "over\xc0\xaf\xe0\x80\xaf", "over\\xc0\\xaf\\xe0\\x80\\xaf", "over?????" },
	{ "\xed\xa0\x80\xf4\x90\x80\x80", "\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80", "???????" },
	{ "cut\xe2\x82", "cut\\xe2\\x82", "cut??" },
	{ "\"q\"", "\"q\"", "\"q\"" },
	{ "", "", "" },
};

#define HOSTILE (sizeof(hostile) / sizeof(hostile[0]))

static const struct skep_tool_column one_text[] = {
	{ "text", .kind = SKEP_TOOL_TEXT },
	{ 0 },
};

static int put_hostile(struct skep_tool *tool)
{
	for (size_t i = 0; i < HOSTILE; i++) {
		skep_tool_string(tool, hostile[i].bytes);
		if (skep_tool_row_end(tool))
			return skep_perror("probe");
	}
	return skep_tool_end(tool);
}

static const struct child_plan hostile_plan = {
	.opts = SKEP_OPTS(skep_tool_opts, .columns = one_text),
	.body = put_hostile,
};

/* The next line; the last is "". */
static char *next_line(char **at)
{
	char *line = *at, *end = strchr(line, '\n');

	assert_non_null(end);
	*end = '\0';
	*at = end + 1;
	return line;
}

TEST(hostile_text_is_escaped_and_told_apart)
{
	char *at = child.out;

	CHILD_RUN(&child, &hostile_plan);
	assert_int_equal(child.status, 0);
	assert_string_equal(next_line(&at), "TEXT");
	for (size_t i = 0; i < HOSTILE; i++)
		assert_string_equal(next_line(&at), hostile[i].text);
	assert_string_equal(at, "");
}

TEST(hostile_text_is_json_that_a_terminal_may_be_given)
{
	char *at = child.out;

	CHILD_RUN(&child, &hostile_plan, "-j");
	assert_int_equal(child.status, 0);
	for (size_t i = 0; i < HOSTILE; i++) {
		const char *line = next_line(&at);
		json_t *object = parse(line);

		for (const char *c = line; *c; c++)
			assert_true((unsigned char)*c >= ' ' && *c != 0x7f);
		assert_null(strstr(line, "\xc2\x9b"));
		assert_null(strstr(line, "\xe2\x80"));
		assert_null(strstr(line, "\xe2\x81"));
		assert_null(strstr(line, "\xd8\x9c"));
		assert_string_equal(json_string_value(json_object_get(object, "text")),
				    hostile[i].json);
		json_decref(object);
	}
}

static int put_numbers(struct skep_tool *tool)
{
	static const uint64_t numbers[] = { 0, 999, 1000, 999999, 3000000000, UINT64_MAX };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		skep_tool_uint(tool, numbers[i]);
		skep_tool_uint(tool, numbers[i]);
		skep_tool_int(tool, i == 5 ? INT64_MIN : (int64_t)i - 1);
		if (skep_tool_row_end(tool))
			return skep_perror("probe");
	}
	return skep_tool_end(tool);
}

static const struct skep_tool_column numbers[] = {
	{ "n", .kind = SKEP_TOOL_UINT, .width = 1 },
	{ "took", .kind = SKEP_TOOL_DURATION, .width = 1 },
	{ "error", .kind = SKEP_TOOL_ERROR },
	{ 0 },
};

TEST(numbers_are_exact_to_the_last)
{
	const struct child_plan plan = { SKEP_OPTS(skep_tool_opts, .columns = numbers), put_numbers,
					 0, NULL };

	CHILD_RUN(&child, &plan);
	assert_string_equal(child.out, "N TOOK ERROR\n"
				       "0 0 ns EPERM\n"
				       "999 999 ns -\n"
				       "1000 1.000 us EPERM\n"
				       "999999 999.999 us ENOENT\n"
				       "3000000000 3.000 s ESRCH\n"
				       "18446744073709551615 18446744073.710 s "
				       "-9223372036854775808\n");
	CHILD_RUN(&child, &plan, "-j");
	assert_non_null(strstr(child.out, "{\"n\":999,\"took\":999,\"error\":null}\n"));
	assert_non_null(strstr(child.out, "{\"n\":\"18446744073709551615\","
					  "\"took\":\"18446744073709551615\","
					  "\"error\":\"-9223372036854775808\"}\n"));
}

static int put_time(struct skep_tool *tool)
{
	struct timespec mono;

	clock_gettime(CLOCK_MONOTONIC, &mono);
	skep_tool_string(tool, "now");
	if (skep_tool_row_end(tool))
		return skep_perror("probe");
	skep_tool_string(tool, "long ago");
	skep_tool_at(tool, 1);
	if (skep_tool_row_end(tool))
		return skep_perror("probe");
	skep_tool_at(tool, UINT64_MAX);
	skep_tool_string(tool, "never");
	return skep_tool_row_end(tool) ? skep_perror("probe") : skep_tool_end(tool);
}

TEST(times_are_those_of_the_row_or_as_told)
{
	static const struct skep_tool_column columns[] = {
		{ "time", .kind = SKEP_TOOL_TIME },
		{ "what", .kind = SKEP_TOOL_TEXT },
		{ 0 },
	};
	const struct child_plan plan = { SKEP_OPTS(skep_tool_opts, .columns = columns), put_time, 0,
					 NULL };
	time_t before = time(NULL), now;
	struct tm tm = { 0 };
	char *at = child.out;
	json_t *row;

	CHILD_RUN(&child, &plan);
	assert_string_equal(next_line(&at), "TIME     WHAT");
	for (int i = 0; i < 3; i++) {
		const char *line = next_line(&at);

		assert_int_equal(strspn(line, "0123456789:"), 8);
		assert_int_equal(line[8], ' ');
	}
	at = child.out;
	CHILD_RUN(&child, &plan, "-j");
	row = parse(next_line(&at));
	assert_non_null(strptime(json_string_value(json_object_get(row, "time")),
				 "%Y-%m-%dT%H:%M:%S", &tm));
	now = timegm(&tm);
	assert_in_range(now, before, time(NULL));
	json_decref(row);
	row = parse(next_line(&at));
	assert_string_not_equal(json_string_value(json_object_get(row, "time")), "");
	json_decref(row);
}

static int put_wrongly(struct skep_tool *tool)
{
	int errors[4];

	skep_tool_string(tool, "one");
	skep_tool_string(tool, "too many");
	errors[0] = skep_tool_row_end(tool);
	skep_tool_uint(tool, 1);
	skep_tool_string(tool, "after a wrong one");
	errors[1] = skep_tool_row_end(tool);
	puts(skep_error_last()->message);
	errors[2] = skep_tool_row_end(tool);
	puts(skep_error_last()->message);
	skep_tool_string(tool, "right");
	errors[3] = skep_tool_row_end(tool);
	return errors[0] == -EPROTOTYPE && errors[1] == -EPROTOTYPE && errors[2] == -EPROTOTYPE &&
			       !errors[3]
		       ? skep_tool_end(tool)
		       : 9;
}

TEST(cells_that_do_not_fit_are_told_and_the_next_row_is_whole)
{
	struct child_plan plan = { .opts = hostile_plan.opts, .body = put_wrongly };

	CHILD_RUN(&child, &plan);
	assert_int_equal(child.status, 0);
	assert_string_equal(child.out, "skep_tool_uint() is called where column 'text' is next, "
				       "which has another kind\n"
				       "a row ends before column 'text'\n"
				       "TEXT\n"
				       "right\n");
	CHILD_RUN(&child, &plan, "-j");
	assert_non_null(strstr(child.out, "\n{\"text\":\"right\"}\n"));
	assert_int_equal(child_lines(child.out), 3);
}

static const struct skep_tool_column who_columns[] = {
	{ "pid", .width = 1 },
	{ "uid", .width = 1 },
	{ "comm", .kind = SKEP_TOOL_TEXT, .width = 1 },
	{ "name", .kind = SKEP_TOOL_TEXT, .width = 1 },
	{ "change", .kind = SKEP_TOOL_TEXT },
	{ 0 },
};

static int put_who(struct skep_tool *tool)
{
	static const char *const names[] = { "none", NULL, "two" };
	struct skep_who who = { .pid = 7, .uid = 8, .comm = "as long as it i" };
	struct skep_cred before = { .uid = 1, .cap_effective = 1 << 3 }, after = before;

	who.comm[15] = 's'; /* a name without its NUL */
	for (uint64_t i = 0; i < 4; i++) {
		skep_tool_who(tool, i == 1 ? NULL : &who);
		skep_tool_named(tool, i == 3 ? NULL : names, 3, i == 1 ? 1ULL << 63 : i);
		skep_tool_cred(tool, &before, i ? &after : &before);
		if (skep_tool_row_end(tool))
			return skep_perror("probe");
		/* Each of 64 that there may be, and all of what else there is. */
		after.fsgid = after.suid = UINT32_MAX;
		after.cap_effective = i ? ~0ULL : 1 << 21 | 1ULL << 63;
		after.cap_ambient = i == 2 ? 0x7e : 0;
		after.securebits = after.user_ns = 0x10;
	}
	return skep_tool_end(tool);
}

TEST(who_what_and_which_change_are_words)
{
	struct child_plan plan = { .opts = SKEP_OPTS(skep_tool_opts, .columns = who_columns),
				   .body = put_who };
	json_t *row;

	CHILD_RUN(&child, &plan);
	assert_int_equal(child.status, 0);
	assert_string_equal(child.out,
			    "PID UID COMM NAME CHANGE\n"
			    "7 8 as long as it is none\n"
			    "- - - 9223372036854775808 suid 0->4294967295 fsgid 0->4294967295 "
			    "effective +sys_admin +cap63 -fowner userns 0->16 securebits 0->0x10\n"
			    "7 8 as long as it is two suid 0->4294967295 fsgid 0->4294967295 "
			    "effective +63 userns 0->16 securebits 0->0x10\n"
			    "7 8 as long as it is 3 suid 0->4294967295 fsgid 0->4294967295 "
			    "effective +63 ambient +dac_override +dac_read_search +fowner +fsetid "
			    "+kill +setgid userns 0->16 securebits 0->0x10\n");
	CHILD_RUN(&child, &plan, "-j");
	*strchr(child.out, '\n') = 0;
	row = parse(child.out);
	assert_int_equal(json_object_size(row), 4);
	assert_string_equal(json_string_value(json_object_get(row, "comm")), "as long as it is");
	json_decref(row);
}

static int put_hist(struct skep_tool *tool)
{
	struct skep_hist hist = { .count = 3, .sum = 7, .least = 1, .most = 4 };

	hist.slots[1] = 1;
	hist.slots[2] = 1;
	hist.slots[3] = 1;
	if (skep_tool_hist(tool, "a\nb", &hist, "us"))
		return skep_perror("probe");
	return skep_tool_end(tool);
}

TEST(histograms_are_text_or_an_object)
{
	struct child_plan plan = { .opts = SKEP_OPTS(skep_tool_opts), .body = put_hist };
	json_t *hist;

	CHILD_RUN(&child, &plan);
	assert_ptr_equal(strstr(child.out, "a\\x0ab\n"), child.out);
	assert_non_null(strstr(child.out, "us"));
	CHILD_RUN(&child, &plan, "-j");
	hist = parse(child.out);
	assert_string_equal(json_string_value(json_object_get(hist, "name")), "a\nb");
	assert_string_equal(json_string_value(json_object_get(hist, "unit")), "us");
	assert_int_equal(json_integer_value(json_object_get(hist, "count")), 3);
	assert_int_equal(json_array_size(json_object_get(hist, "slots")), 3);
	json_decref(hist);
}
