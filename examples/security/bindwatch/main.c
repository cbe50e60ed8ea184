/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Who starts to listen where: each bind() and listen() of IP, and why those that fail do. */
#include <sys/syscall.h>

#include <skep/tool.h>

#include "bindwatch.skep.h"

static uint64_t port;
static bool failed;

static const struct skep_tool_option options[] = {
	{ "port", 'P', "PORT", "Only of this port", .number = &port, .most = 65535 },
	{ "failed", 'x', .flag = &failed, .doc = "Only those that failed" },
	{ 0 },
};

static const struct skep_tool_column columns[] = {
	{ "time", .kind = SKEP_TOOL_TIME },
	{ "pid", .kind = SKEP_TOOL_UINT },
	{ "uid", .width = 6 },
	{ "comm", .kind = SKEP_TOOL_TEXT, .width = 15 },
	{ "call", .kind = SKEP_TOOL_TEXT, .width = 6 },
	{ "proto", .kind = SKEP_TOOL_TEXT, .width = 5 },
	{ "address", .kind = SKEP_TOOL_ADDRESS },
	{ "port", .width = 5 },
	{ "reuse", .kind = SKEP_TOOL_BOOL },
	{ "reuseport", .kind = SKEP_TOOL_BOOL },
	{ "error", .kind = SKEP_TOOL_ERROR },
	{ 0 },
};

static int on_bind(const struct bind_event *e, void *tool)
{
	skep_tool_who(tool, &e->who);
	skep_tool_string(tool, e->listens ? "listen" : "bind");
	skep_tool_protocol(tool, e->protocol);
	skep_tool_address(tool, e->family, e->address);
	skep_tool_uint(tool, e->port);
	skep_tool_bool(tool, e->reuse_address);
	skep_tool_bool(tool, e->reuse_port);
	skep_tool_int(tool, e->error);
	return skep_tool_row_end(tool);
}

int main(int argc, char **argv)
{
	static const struct skep_tool_opts about = {
		.sz = sizeof(about),
		.doc = "Print who starts to listen where: each bind() and listen() of IP.",
		.more = "What io_uring binds, from Linux 6.11 on, is not seen.",
		.takes = SKEP_TOOL_TAKES_FILTER,
		.columns = columns,
		.options = options,
	};
	SKEP_AUTO(skep_tool) *tool = NULL;
	SKEP_AUTO(bindwatch) *app = NULL;

	if (skep_tool_new(&tool, argc, argv, &about) || bindwatch_open(&app, NULL))
		return skep_perror(skep_tool_name(tool));
	bindwatch_consts(app)->filter = *skep_tool_filter(tool);
	bindwatch_consts(app)->nr_bind = SYS_bind;
	bindwatch_consts(app)->nr_listen = SYS_listen;
	bindwatch_consts(app)->only_port = (uint16_t)port;
	bindwatch_consts(app)->only_failed = failed;
	if (bindwatch_load(app) || bindwatch_on_events(app, skep_tool_loop(tool), on_bind, tool) ||
	    bindwatch_attach(app))
		return skep_perror(skep_tool_name(tool));
	return skep_tool_run(tool, bindwatch_object(app));
}
