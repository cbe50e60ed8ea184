/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Packets and bytes that reach an interface, by protocol and source. */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <stdio.h>

#include <skep/tool.h>

#include "xdpcount.skep.h"

static const char *interface;
static unsigned int mode; /* enum skep_xdp_mode */

static const struct skep_tool_option options[] = {
	{ .arg = "INTERFACE", .text = &interface },
	{ "mode", 'm', "auto|native|generic", "Where XDP runs (default: auto)", .choice = &mode },
	{ 0 },
};

static const struct skep_tool_column columns[] = {
	{ "protocol", .kind = SKEP_TOOL_TEXT, .width = 10 },
	{ "source", .kind = SKEP_TOOL_TEXT, .width = 40 },
	{ "packets", .kind = SKEP_TOOL_COUNT },
	{ "bytes", .kind = SKEP_TOOL_COUNT, .width = 16 },
	{ 0 },
};

static int put_row(struct skep_tool *tool, const struct source *source,
		   const struct traffic *traffic)
{
	bool is_ip6 = source->ethertype == ETH_P_IPV6;
	char address[INET6_ADDRSTRLEN] = "-";

	if (is_ip6 || source->ethertype == ETH_P_IP) {
		skep_tool_protocol(tool, source->protocol);
		inet_ntop(is_ip6 ? AF_INET6 : AF_INET, source->address, address, sizeof(address));
	} else if (source->ethertype) {
		skep_tool_format(tool, "0x%04x", source->ethertype);
	} else {
		skep_tool_string(tool, "other");
	}
	skep_tool_string(tool, address);
	skep_tool_uint(tool, traffic->packets);
	skep_tool_uint(tool, traffic->bytes);
	return skep_tool_row_end(tool);
}

static int print_all(struct skep_tool *tool, void *app)
{
	const struct traffic *uncounted = &xdpcount_bss(app)->uncounted;
	struct source source, other = { 0 };
	struct traffic traffic;
	int err;

	skep_map_foreach(xdpcount_map_traffic_by_source(app), &source, &traffic, &err)
		if (put_row(tool, &source, &traffic))
			return -EIO;
	return err || !uncounted->packets ? err : put_row(tool, &other, uncounted);
}

int main(int argc, char **argv)
{
	static const struct skep_tool_opts what = {
		.sz = sizeof(what),
		.doc = "Count packets and bytes that reach an interface, by protocol and source.",
		.takes = SKEP_TOOL_TAKES_INTERVAL,
		.options = options,
		.columns = columns,
	};
	SKEP_AUTO(skep_tool) *tool = NULL;
	SKEP_AUTO(xdpcount) *app = NULL;
	SKEP_AUTO(skep_link) *link = NULL;

	if (skep_tool_new(&tool, argc, argv, &what) || xdpcount_open(&app, NULL) ||
	    xdpcount_load(app) ||
	    skep_attach_xdp(&link, xdpcount_program_count(app), interface,
			    SKEP_OPTS(skep_xdp_opts, .mode = (enum skep_xdp_mode)mode)))
		return skep_perror(skep_tool_name(tool));
	skep_tool_every(tool, print_all, app);
	fprintf(stderr, "%s: counting on %s; Ctrl-C ends\n", skep_tool_name(tool), interface);
	return skep_tool_run(tool, NULL);
}
