/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Every program that starts on this machine: who, with which arguments, and how it ended. */
#include <skep/tool.h>

#include "execsnoop.skep.h"

static bool exits;
static uint64_t ring_bytes;

static const struct skep_tool_option options[] = {
	{ "exits", 'x', .flag = &exits, .doc = "Also print how and when each of them ends" },
	{ "ring", 'r', "BYTES", "Size of the ring buffer, a power of two", .number = &ring_bytes,
	  .most = UINT32_MAX },
	{ 0 },
};

static const struct skep_tool_column columns[] = {
	{ "time", .kind = SKEP_TOOL_TIME },
	{ "event", .kind = SKEP_TOOL_TEXT, .flags = SKEP_TOOL_ONLY_JSON },
	{ "pid", .kind = SKEP_TOOL_UINT },
	{ "ppid", .kind = SKEP_TOOL_UINT },
	{ "uid", .kind = SKEP_TOOL_UINT, .width = 6 },
	{ "comm", .kind = SKEP_TOOL_TEXT },
	{ "args", .kind = SKEP_TOOL_LIST },
	{ 0 },
};

static int on_event(const struct exec_event *e, size_t bytes, void *ctx)
{
	struct skep_tool *tool = ctx;

	skep_tool_string(tool, e->is_exit ? "exit" : "exec");
	skep_tool_uint(tool, e->pid);
	skep_tool_uint(tool, e->ppid);
	skep_tool_uint(tool, e->uid);
	skep_tool_text(tool, e->comm, sizeof(e->comm));
	if (e->is_exit) {
		skep_tool_none(tool);
		skep_tool_status(tool, e->status);
		skep_tool_note(tool, "after %.3f s", (double)e->duration_ns / 1e9);
		skep_tool_add(tool, "duration_ns", (int64_t)e->duration_ns);
	} else {
		skep_tool_list(tool, e->args, bytes - sizeof(*e), e->args_total);
	}
	return skep_tool_row_end(tool);
}

int main(int argc, char **argv)
{
	static const struct skep_tool_opts what = {
		.sz = sizeof(what),
		.doc = "Print every program that starts on this machine, with its arguments.",
		.takes = SKEP_TOOL_TAKES_FILTER,
		.options = options,
		.columns = columns,
	};
	SKEP_AUTO(skep_tool) *tool = NULL;
	SKEP_AUTO(execsnoop) *app = NULL;

	if (skep_tool_new(&tool, argc, argv, &what) || execsnoop_open(&app, NULL))
		return skep_perror(skep_tool_name(tool));
	execsnoop_consts(app)->filter = *skep_tool_filter(tool);
	execsnoop_consts(app)->with_exits = exits;
	if ((ring_bytes && execsnoop_resize_events(app, (uint32_t)ring_bytes)) ||
	    execsnoop_load(app) || execsnoop_on_events(app, skep_tool_loop(tool), on_event, tool) ||
	    execsnoop_attach(app))
		return skep_perror(skep_tool_name(tool));
	return skep_tool_run(tool, execsnoop_object(app));
}
