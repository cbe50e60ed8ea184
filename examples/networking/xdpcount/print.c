/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "print.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <linux/if_ether.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>

#include "options.h"
#include "xdpcount.h"

struct names {
	char address[INET6_ADDRSTRLEN];
	char protocol[32];
};

/* The usual ones by themselves: not every machine has /etc/protocols, where the others stand. */
static const char *protocol_name(const struct source *source)
{
	const struct protoent *known;

	switch (source->protocol) {
	case IPPROTO_ICMP:
		return "icmp";
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_ICMPV6:
		return "ipv6-icmp";
	case IPPROTO_HOPOPTS:
		return source->ethertype == ETH_P_IPV6 ? "hopopt" : "ip";
	default:
		known = getprotobynumber(source->protocol);
		return known ? known->p_name : NULL;
	}
}

static void name(const struct source *source, struct names *names)
{
	const char *known;

	*names = (struct names){ .address = "-", .protocol = "other" };
	if (!source)
		return;
	if (source->ethertype != ETH_P_IP && source->ethertype != ETH_P_IPV6) {
		snprintf(names->protocol, sizeof(names->protocol), "0x%04x", source->ethertype);
		return;
	}
	inet_ntop(source->ethertype == ETH_P_IP ? AF_INET : AF_INET6, source->address,
		  names->address, sizeof(names->address));
	known = protocol_name(source);
	if (known)
		snprintf(names->protocol, sizeof(names->protocol), "%s", known);
	else
		snprintf(names->protocol, sizeof(names->protocol), "ip %u", source->protocol);
}

void print_heading(const struct options *options)
{
	if (!options->json)
		printf("%-10s %-40s %12s %16s\n", "PROTOCOL", "SOURCE", "PACKETS", "BYTES");
}

void print_row(const struct options *options, const struct source *source,
	       const struct traffic *traffic)
{
	struct names names;
	json_t *line;

	name(source, &names);
	if (!options->json) {
		printf("%-10s %-40s %12llu %16llu\n", names.protocol, names.address,
		       (unsigned long long)traffic->packets, (unsigned long long)traffic->bytes);
		return;
	}
	line = json_pack("{s:s,s:s,s:I,s:I}", "protocol", names.protocol, "source", names.address,
			 "packets", (json_int_t)traffic->packets, "bytes",
			 (json_int_t)traffic->bytes);
	json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(line);
}
