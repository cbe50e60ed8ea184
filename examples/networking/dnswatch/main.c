/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* DNS as this machine's programs use it: what they ask, what is answered, and how long it took. */
#include <arpa/nameser.h>
#include <resolv.h>

#include <skep/tool.h>

#include "dnswatch.skep.h"

static uint64_t port = 53;
static const char *group = ".";

static const struct skep_tool_option options[] = {
	{ "port", 'P', "PORT", "Of servers, not 53", .number = &port, .least = 1, .most = 65535 },
	{ "cgroup", 'g', "FOLDER", "Only processes of this control group", .text = &group },
	{ 0 },
};

static const struct skep_tool_column columns[] = {
	{ "time", .kind = SKEP_TOOL_TIME },
	{ "pid", .kind = SKEP_TOOL_UINT },
	{ "uid", .flags = SKEP_TOOL_ONLY_JSON },
	{ "comm", .kind = SKEP_TOOL_TEXT, .width = 15 },
	{ "server", .kind = SKEP_TOOL_ADDRESS },
	{ "kind", .kind = SKEP_TOOL_TEXT, .width = 6 },
	{ "type", .kind = SKEP_TOOL_TEXT, .width = 5 },
	{ "rcode", .kind = SKEP_TOOL_TEXT, .width = 8 },
	{ "answers", .kind = SKEP_TOOL_COUNT, .width = 7 },
	{ "latency_ns", .kind = SKEP_TOOL_DURATION, .heading = "LATENCY" },
	{ "name", .kind = SKEP_TOOL_TEXT },
	{ 0 },
};

/* clang-format off */
static const char *const types[256] = {
	[1] = "A", [2] = "NS", [5] = "CNAME", [6] = "SOA", [12] = "PTR", [15] = "MX", [16] = "TXT",
	[28] = "AAAA", [33] = "SRV", [35] = "NAPTR", [43] = "DS", [48] = "DNSKEY", [64] = "SVCB",
	[65] = "HTTPS", [252] = "AXFR", [255] = "ANY" };
static const char *const rcodes[16] = {
	"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED" };
/* clang-format on */

/* Names are unpacked and escaped by libresolv, which trusts no message. */
static int on_message(const struct dns_event *e, void *tool)
{
	const __u8 *at = e->message + NS_HFIXEDSZ, *end = e->message + e->bytes;
	char name[NS_MAXDNAME] = "";
	int bytes = ns_name_uncompress(e->message, end, at, name, sizeof(name));
	bool whole = bytes > 0 && end - at >= bytes + NS_QFIXEDSZ;

	skep_tool_who(tool, &e->owner);
	skep_tool_address(tool, e->flow.version == 4 ? AF_INET : AF_INET6,
			  e->is_answer ? e->flow.src : e->flow.dst);
	skep_tool_string(tool, e->is_answer ? "answer" : "query");
	skep_tool_named(tool, types, 256, whole ? ns_get16(at + bytes) : 0);
	if (e->is_answer) {
		skep_tool_named(tool, rcodes, 16, e->message[3] & 15);
		skep_tool_uint(tool, ns_get16(e->message + 6));
		skep_tool_uint(tool, e->ns);
	}
	for (int i = 0; !e->is_answer && i < 3; i++)
		skep_tool_none(tool);
	skep_tool_string(tool, !whole ? "(malformed)" : *name ? name : ".");
	return skep_tool_row_end(tool);
}

int main(int argc, char **argv)
{
	static const struct skep_tool_opts about = {
		.sz = sizeof(about),
		.doc = "Print the DNS queries of this machine's programs, and their answers.",
		.more = "Process 0: its socket is older than dnswatch. Over TCP only messages at the "
			"beginning of a segment are seen.",
		.takes = SKEP_TOOL_TAKES_FILTER,
		.columns = columns,
		.options = options,
	};
	SKEP_AUTO(skep_tool) *tool = NULL;
	SKEP_AUTO(dnswatch) *app = NULL;

	if (skep_tool_new(&tool, argc, argv, &about) || dnswatch_open(&app, NULL))
		return skep_perror(skep_tool_name(tool));
	dnswatch_consts(app)->filter = *skep_tool_filter(tool);
	dnswatch_consts(app)->port = (uint16_t)port;
	if (dnswatch_load(app) || dnswatch_on_events(app, skep_tool_loop(tool), on_message, tool) ||
	    skep_object_attach_cgroup(dnswatch_object(app), group))
		return skep_perror(skep_tool_name(tool));
	return skep_tool_run(tool, dnswatch_object(app));
}
