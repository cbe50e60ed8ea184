/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* TCP sessions when they end: whose, with whom, how much each way, how long. */
#include <skep/tool.h>

#include "tcplife.skep.h"

static uint64_t port;

static const struct skep_tool_option options[] = {
	{ "port", 'P', "PORT", "Only to or from this port", .number = &port, .most = 65535 },
	{ 0 },
};

static const struct skep_tool_column columns[] = {
	{ "time", .kind = SKEP_TOOL_TIME },
	{ "pid", .kind = SKEP_TOOL_UINT },
	{ "uid", .flags = SKEP_TOOL_ONLY_JSON },
	{ "comm", .kind = SKEP_TOOL_TEXT, .width = 15 },
	{ "local", .kind = SKEP_TOOL_ADDRESS },
	{ "lport", .width = 5 },
	{ "remote", .kind = SKEP_TOOL_ADDRESS },
	{ "rport", .width = 5 },
	{ "sent", .kind = SKEP_TOOL_COUNT },
	{ "received", .kind = SKEP_TOOL_COUNT },
	{ "duration_ns", .kind = SKEP_TOOL_DURATION, .heading = "DURATION" },
	{ 0 },
};

static int on_end(const struct session_event *e, void *tool)
{
	skep_tool_who(tool, &e->who);
	skep_tool_address(tool, e->family, e->local);
	skep_tool_uint(tool, e->local_port);
	skep_tool_address(tool, e->family, e->remote);
	skep_tool_uint(tool, e->remote_port);
	skep_tool_uint(tool, e->sent);
	skep_tool_uint(tool, e->received);
	skep_tool_uint(tool, e->ns);
	return skep_tool_row_end(tool);
}

int main(int argc, char **argv)
{
	static const struct skep_tool_opts about = {
		.sz = sizeof(about),
		.doc = "Print TCP sessions when they end: whose, with whom, how much, how long.",
		.more = "Process 0: nobody here ever had the session in hand.",
		.takes = SKEP_TOOL_TAKES_FILTER,
		.columns = columns,
		.options = options,
	};
	SKEP_AUTO(skep_tool) *tool = NULL;
	SKEP_AUTO(tcplife) *app = NULL;

	if (skep_tool_new(&tool, argc, argv, &about) || tcplife_open(&app, NULL))
		return skep_perror(skep_tool_name(tool));
	tcplife_consts(app)->filter = *skep_tool_filter(tool);
	tcplife_consts(app)->only_port = (uint16_t)port;
	if (tcplife_load(app) || tcplife_on_events(app, skep_tool_loop(tool), on_end, tool) ||
	    tcplife_attach(app))
		return skep_perror(skep_tool_name(tool));
	return skep_tool_run(tool, tcplife_object(app));
}
