/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* libskep-tool without memory: each allocation fails in its turn. */
#include <netinet/in.h>
#include <stdlib.h>

#include <jansson.h>

#include <skep/error.h>
#include <skep/hist.h>

#include "harness/test.h"
#include "tool_child.h"

#define MOST 500

static long left = -1; /* allocations that succeed; -1: all */
static bool failed;

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *old, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);

static bool fails(void)
{
	if (left < 0 || left-- > 0)
		return false;
	left = -1;
	failed = true;
	return true;
}

void *__wrap_malloc(size_t bytes)
{
	return fails() ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
	return fails() ? NULL : __real_calloc(count, bytes);
}

void *__wrap_realloc(void *old, size_t bytes)
{
	return fails() ? NULL : __real_realloc(old, bytes);
}

static const struct skep_tool_column columns[] = {
	{ "time", .kind = SKEP_TOOL_TIME },    { "text", .kind = SKEP_TOOL_TEXT },
	{ "args", .kind = SKEP_TOOL_LIST },    { "count", .kind = SKEP_TOOL_COUNT },
	{ "from", .kind = SKEP_TOOL_ADDRESS }, { "error", .kind = SKEP_TOOL_ERROR },
	{ "known", .kind = SKEP_TOOL_BOOL },   { "made", .kind = SKEP_TOOL_TEXT },
	{ "change", .kind = SKEP_TOOL_TEXT },  { 0 },
};

static const struct skep_tool_option options[] = {
	{ .arg = "[NAME]", .text = &(const char *){ NULL } },
	{ 0 },
};

static long chosen;

static void choose(void)
{
	json_set_alloc_funcs(__wrap_malloc, free);
	left = chosen;
}

static int put_all(struct skep_tool *tool)
{
	const struct in6_addr from = IN6ADDR_LOOPBACK_INIT;
	const struct skep_cred root = { .cap_effective = 1 }, user = { .uid = 1 };
	const struct skep_hist hist = { .count = 1, .sum = 1, .slots = { 0, 1 } };
	int err;

	skep_tool_string(tool, "a text\xff that is much longer than its column, and \x1b[2J");
	skep_tool_list(tool, "a\0b", 4, 9);
	skep_tool_uint(tool, UINT64_MAX);
	skep_tool_address(tool, AF_INET6, &from);
	skep_tool_int(tool, 13);
	skep_tool_bool(tool, false);
	skep_tool_format(tool, "%500d", 7);
	skep_tool_cred(tool, &root, &user);
	skep_tool_note(tool, "%600d", 8);
	skep_tool_status(tool, 9);
	err = skep_tool_row_end(tool);
	if (!err)
		err = skep_tool_hist(tool, "waits", &hist, "us");
	if (err)
		return skep_perror("probe");
	err = skep_tool_run(tool, NULL);
	/* What failed was said; or it did not matter. */
	return err ? err : failed ? 3 : 0;
}

static const struct child_plan plan = {
	.opts = SKEP_OPTS(skep_tool_opts, .doc = "x", .more = "y", .columns = columns,
			  .options = options),
	.body = put_all,
	.before = choose,
};

static void fail_each(const char *format)
{
	static struct child child;
	int told = 0;

	for (chosen = 0; chosen < MOST; chosen++) {
		CHILD_RUN(&child, &plan, "-d", "0.001", format);
		if (!child.status)
			break;
		assert_true(child.status == 1 || child.status == 101 || child.status == 3);
		if (child.status == 3)
			continue;
		if (!strstr(child.err, "memory") || child_lines(child.err) != 1)
			fail_msg("allocation %ld: %s", chosen, child.err);
		told++;
	}
	assert_in_range(chosen, 5, MOST - 1);
	assert_true(told > 4);
}

TEST(text_without_memory_is_one_line_and_an_end)
{
	fail_each("x");
}

TEST(json_without_memory_is_one_line_and_an_end)
{
	fail_each("-j");
}
