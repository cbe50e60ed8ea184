/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* TCP connections that this machine opens: by whom, to whom, how long it took, and why it failed. */
#include <skep/tool.h>

#include "tcpconnect.skep.h"

static uint64_t port;
static bool failed;

static const struct skep_tool_option options[] = {
	{ "port", 'P', "PORT", "Only to this port", .number = &port, .most = 65535 },
	{ "failed", 'x', .flag = &failed, .doc = "Only those that failed" },
	{ 0 },
};

static const struct skep_tool_column columns[] = {
	{ "time", .kind = SKEP_TOOL_TIME },
	{ "pid", .kind = SKEP_TOOL_UINT },
	{ "uid", .width = 6 },
	{ "comm", .kind = SKEP_TOOL_TEXT, .width = 15 },
	{ "local", .kind = SKEP_TOOL_ADDRESS, .flags = SKEP_TOOL_ONLY_JSON },
	{ "lport", .flags = SKEP_TOOL_ONLY_JSON },
	{ "remote", .kind = SKEP_TOOL_ADDRESS },
	{ "rport", .width = 5 },
	{ "latency_ns", .kind = SKEP_TOOL_DURATION, .heading = "LATENCY" },
	{ "error", .kind = SKEP_TOOL_ERROR },
	{ 0 },
};

static int on_answer(const struct connect_event *e, void *tool)
{
	skep_tool_uint(tool, e->pid);
	skep_tool_uint(tool, e->uid);
	skep_tool_text(tool, e->comm, sizeof(e->comm));
	skep_tool_address(tool, e->family, e->local);
	skep_tool_uint(tool, e->local_port);
	skep_tool_address(tool, e->family, e->remote);
	skep_tool_uint(tool, e->remote_port);
	skep_tool_uint(tool, e->ns);
	skep_tool_int(tool, e->error);
	return skep_tool_row_end(tool);
}

int main(int argc, char **argv)
{
	static const struct skep_tool_opts about = {
		.sz = sizeof(about),
		.doc = "Print the TCP connections that are opened, with latency and error.",
		.more = "ECANCELED: closed before there was an answer. An address without a route "
			"is refused before TCP begins, and is not seen.",
		.takes = SKEP_TOOL_TAKES_FILTER,
		.columns = columns,
		.options = options,
	};
	SKEP_AUTO(skep_tool) *tool = NULL;
	SKEP_AUTO(tcpconnect) *app = NULL;

	if (skep_tool_new(&tool, argc, argv, &about) || tcpconnect_open(&app, NULL))
		return skep_perror(skep_tool_name(tool));
	tcpconnect_consts(app)->filter = *skep_tool_filter(tool);
	tcpconnect_consts(app)->only_port = (uint16_t)port;
	tcpconnect_consts(app)->only_failed = failed;
	if (tcpconnect_load(app) ||
	    tcpconnect_on_events(app, skep_tool_loop(tool), on_answer, tool) ||
	    tcpconnect_attach(app))
		return skep_perror(skep_tool_name(tool));
	return skep_tool_run(tool, tcpconnect_object(app));
}
