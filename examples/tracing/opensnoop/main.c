/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Every file that is opened, and those that could not be: by whom, and with which result. */
#include <string.h>

#include <skep/tool.h>

#include "opensnoop.skep.h"

static const char *part = "";
static bool failed;

static const struct skep_tool_column columns[] = {
	{ "time", .kind = SKEP_TOOL_TIME },
	{ "pid", .width = 7 },
	{ "uid", .flags = SKEP_TOOL_ONLY_JSON },
	{ "comm", .kind = SKEP_TOOL_TEXT, .width = 15 },
	{ "fd", .kind = SKEP_TOOL_INT, .width = 4 },
	{ "error", .kind = SKEP_TOOL_ERROR, .width = 7 },
	{ "io_uring", .kind = SKEP_TOOL_BOOL, .flags = SKEP_TOOL_ONLY_JSON },
	{ "path", .kind = SKEP_TOOL_TEXT },
	{ 0 },
};

static const struct skep_tool_option options[] = {
	{ "failed", 'x', .doc = "Only what could not be opened", .flag = &failed },
	{ "name", 'n', "TEXT", "Only paths with this in them", .text = &part },
	{ 0 },
};

static int on_event(const struct open_event *e, size_t bytes, void *tool)
{
	if (!memmem(e->path, bytes - sizeof(*e), part, strlen(part)))
		return 0;
	skep_tool_who(tool, &e->who);
	skep_tool_int(tool, e->result < 0 ? -1 : e->result);
	skep_tool_int(tool, e->result < 0 ? e->result : 0);
	skep_tool_bool(tool, e->is_io_uring);
	skep_tool_text(tool, e->path, bytes - sizeof(*e));
	return skep_tool_row_end(tool);
}

int main(int argc, char **argv)
{
	SKEP_AUTO(skep_tool) *tool = NULL;
	SKEP_AUTO(opensnoop) *app = NULL;

	if (skep_tool_new(&tool, argc, argv,
			  SKEP_OPTS(skep_tool_opts, .doc = "Print every file that is opened.",
				    .takes = SKEP_TOOL_TAKES_FILTER, .columns = columns,
				    .options = options)) ||
	    opensnoop_open(&app, NULL))
		return skep_perror(skep_tool_name(tool));
	opensnoop_consts(app)->filter = *skep_tool_filter(tool);
	opensnoop_consts(app)->only_failed = failed;
	/* Of io_uring a kernel has one tracepoint, the other, or none. */
	if (skep_program_set_optional(opensnoop_program_on_submit(app), true) ||
	    skep_program_set_optional(opensnoop_program_on_submit_before_6_4(app), true) ||
	    skep_program_set_optional(opensnoop_program_on_complete(app), true) ||
	    opensnoop_load(app) || opensnoop_on_events(app, skep_tool_loop(tool), on_event, tool) ||
	    opensnoop_attach(app))
		return skep_perror(skep_tool_name(tool));
	return skep_tool_run(tool, opensnoop_object(app));
}
