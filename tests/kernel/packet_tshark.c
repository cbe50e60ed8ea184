// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "packet_tshark.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/test.h"

enum {
	F_PROTOCOLS,
	F_ETH_TYPE,
	F_ETH_LEN,
	F_VLAN_ID,
	F_VLAN_AD_ID,
	F_VLAN_AD_TWO,
	F_ARP_OP,
	F_ARP_SRC,
	F_ARP_DST,
	F_IP_SRC,
	F_IP_DST,
	F_IP_TTL,
	F_IP_LEN,
	F_IP_OFFSET,
	F_IP_MORE,
	F_IP6_SRC,
	F_IP6_DST,
	F_IP6_HOPS,
	F_IP6_LEN,
	F_IP6_OFFSET,
	F_IP6_MORE,
	F_TCP_SRC,
	F_TCP_DST,
	F_TCP_FLAGS,
	F_TCP_MSS,
	F_UDP_SRC,
	F_UDP_DST,
	F_ICMP_TYPE,
	F_ICMP6_TYPE,
	F_VXLAN_VNI,
	F_GENEVE_VNI,
	F_MALFORMED,
	F_SEVERITY,
	FIELDS
};

static const char *const names[FIELDS] = {
	[F_PROTOCOLS] = "frame.protocols",
	[F_ETH_TYPE] = "eth.type",
	[F_ETH_LEN] = "eth.len",
	[F_VLAN_ID] = "vlan.id",
	[F_VLAN_AD_ID] = "ieee8021ad.id",
	[F_VLAN_AD_TWO] = "ieee8021ad.svid",
	[F_ARP_OP] = "arp.opcode",
	[F_ARP_SRC] = "arp.src.proto_ipv4",
	[F_ARP_DST] = "arp.dst.proto_ipv4",
	[F_IP_SRC] = "ip.src",
	[F_IP_DST] = "ip.dst",
	[F_IP_TTL] = "ip.ttl",
	[F_IP_LEN] = "ip.len",
	[F_IP_OFFSET] = "ip.frag_offset",
	[F_IP_MORE] = "ip.flags.mf",
	[F_IP6_SRC] = "ipv6.src",
	[F_IP6_DST] = "ipv6.dst",
	[F_IP6_HOPS] = "ipv6.hlim",
	[F_IP6_LEN] = "ipv6.plen",
	[F_IP6_OFFSET] = "ipv6.fraghdr.offset",
	[F_IP6_MORE] = "ipv6.fraghdr.more",
	[F_TCP_SRC] = "tcp.srcport",
	[F_TCP_DST] = "tcp.dstport",
	[F_TCP_FLAGS] = "tcp.flags",
	[F_TCP_MSS] = "tcp.options.mss_val",
	[F_UDP_SRC] = "udp.srcport",
	[F_UDP_DST] = "udp.dstport",
	[F_ICMP_TYPE] = "icmp.type",
	[F_ICMP6_TYPE] = "icmpv6.type",
	[F_VXLAN_VNI] = "vxlan.vni",
	[F_GENEVE_VNI] = "geneve.vni",
	[F_MALFORMED] = "_ws.malformed",
	[F_SEVERITY] = "_ws.expert.severity",
};

bool packet_tshark_is_there(void)
{
	return access("/usr/bin/tshark", X_OK) == 0;
}

void packet_tshark_open(struct packet_tshark *t)
{
	static const uint32_t head[] = { 0xa1b2c3d4, 2 | 4 << 16, 0, 0, 65535, 1 };
	char path[512];

	memset(t, 0, sizeof(*t));
	t->dir = test_tmpdir();
	snprintf(path, sizeof(path), "%s/packets", t->dir);
	t->file = fopen(path, "w");
	assert_non_null(t->file);
	assert_int_equal(fwrite(head, sizeof(head), 1, t->file), 1);
}

void packet_tshark_add(struct packet_tshark *t, const unsigned char *packet, size_t bytes)
{
	uint32_t head[] = { 0, 0, (uint32_t)bytes, (uint32_t)bytes };

	assert_int_equal(fwrite(head, sizeof(head), 1, t->file), 1);
	assert_int_equal(fwrite(packet, bytes, 1, t->file), 1);
}

/*
 * A configuration of the test's own. Only what is compared is looked at: other protocols would find
 * themselves in random bytes.
 */
static void configure(const struct packet_tshark *t)
{
	static const char command[] =
		"tshark -G protocols 2>/dev/null | cut -f 3 | grep -Ev '^(_ws.*|frame|eth|ethertype|vlan|"
		"ieee8021ad|arp|ip|ipv6|ah|tcp|udp|icmp|icmpv6|vxlan|geneve|gre|data|pkt_comment|"
		"(ip|ipv6|tcp)\\..*)$' > \"$WIRESHARK_CONFIG_DIR/disabled_protos\"";
	FILE *file;
	char path[512];

	assert_int_equal(setenv("WIRESHARK_CONFIG_DIR", t->dir, 1), 0);
	assert_int_equal(system(command), 0);
	snprintf(path, sizeof(path), "%s/preferences", t->dir);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("ip.defragment: FALSE\nipv6.defragment: FALSE\ntcp.desegment_tcp_streams: FALSE\n"
	      "ipv6.tso_support: TRUE\ntcp.analyze_sequence_numbers: FALSE\ntcp.calculate_timestamps: FALSE\n"
	      "udp.calculate_timestamps: FALSE\n",
	      file);
	assert_int_equal(fclose(file), 0);
}

static void write_command(char *to, size_t room, const struct packet_tshark *t)
{
	size_t used = (size_t)snprintf(to, room, "tshark -n -r '%s/packets' -T fields 2>/dev/null",
				       t->dir);

	for (size_t i = 0; i < FIELDS; i++)
		used += (size_t)snprintf(to + used, room - used, " -e %s", names[i]);
	assert_true(used < room);
}

void packet_tshark_run(struct packet_tshark *t)
{
	char command[4096];

	assert_int_equal(fclose(t->file), 0);
	configure(t);
	write_command(command, sizeof(command), t);
	t->file = popen(command, "r");
	assert_non_null(t->file);
}

void packet_tshark_close(struct packet_tshark *t)
{
	assert_int_equal(pclose(t->file), 0);
	free(t->line);
}

/* A packet's line, while it is read. */
struct reader {
	char *fields[FIELDS];
	struct packet_found *to;
	struct net_layers *in; /* the headers that are read: outer or inner */
	const char *rest;      /* of the protocols */
};

/* The next of several values of a field; NULL when there are no more. */
static const char *next_value(char **field)
{
	const char *value = *field;

	if (!value || !*value)
		return NULL;
	*field = strchr(value, ',');
	if (*field)
		*(*field)++ = '\0';
	return value;
}

static uint32_t take(struct reader *r, int field)
{
	const char *value = next_value(&r->fields[field]);

	return value ? (uint32_t)strtoul(value, NULL, 0) : 0;
}

static void take_address(struct reader *r, int field, int family, uint32_t *to)
{
	const char *value = next_value(&r->fields[field]);

	if (value)
		assert_int_equal(inet_pton(family, value, to), 1);
}

static bool is_empty(const struct reader *r, int field)
{
	return !r->fields[field] || !*r->fields[field];
}

static bool read_eth(struct reader *r)
{
	bool has_type = r->rest ? !strncmp(r->rest, "ethertype", 9) : !is_empty(r, F_ETH_TYPE);

	r->to->is_unclear |= is_empty(r, has_type ? F_ETH_TYPE : F_ETH_LEN);
	r->in->type = (uint16_t)take(r, has_type ? F_ETH_TYPE : F_ETH_LEN);
	return true;
}

static bool read_vlan(struct reader *r)
{
	uint32_t id = take(r, F_VLAN_ID);

	if (r->in->version) /* a tag right in a tunnel: not for comparison */
		return false;
	if (!r->in->vlans++)
		r->in->vlan = (uint16_t)id;
	return true;
}

/* Two of them in a row are one to tshark. */
static bool read_service_vlan(struct reader *r)
{
	bool is_two = !is_empty(r, F_VLAN_AD_TWO);
	uint32_t id = take(r, is_two ? F_VLAN_AD_TWO : F_VLAN_AD_ID);

	if (r->in->version)
		return false;
	r->to->is_unclear |= is_two && !is_empty(r, F_VLAN_AD_ID);
	if (!r->in->vlans)
		r->in->vlan = (uint16_t)id;
	r->in->vlans = (uint8_t)(r->in->vlans + 1 + is_two);
	return true;
}

static bool read_arp(struct reader *r)
{
	r->to->is_arp = true;
	r->in->flags = (uint8_t)take(r, F_ARP_OP);
	take_address(r, F_ARP_SRC, AF_INET, r->in->src);
	take_address(r, F_ARP_DST, AF_INET, r->in->dst);
	return false;
}

/* Where IP does not say how much there is, tshark asks the frame. */
static void read_length(struct reader *r, int field)
{
	r->to->is_unclear |= !is_empty(r, field) && !take(r, field);
}

static bool read_ipv4(struct reader *r)
{
	read_length(r, F_IP_LEN);
	r->in->version = 4;
	r->in->ttl = (uint8_t)take(r, F_IP_TTL);
	take_address(r, F_IP_SRC, AF_INET, r->in->src);
	take_address(r, F_IP_DST, AF_INET, r->in->dst);
	r->in->is_fragment = take(r, F_IP_OFFSET) != 0;
	r->in->is_fragment |= take(r, F_IP_MORE) != 0;
	return true;
}

static bool read_ipv6(struct reader *r)
{
	read_length(r, F_IP6_LEN);
	r->in->version = 6;
	r->in->ttl = (uint8_t)take(r, F_IP6_HOPS);
	take_address(r, F_IP6_SRC, AF_INET6, r->in->src);
	take_address(r, F_IP6_DST, AF_INET6, r->in->dst);
	return true;
}

/* Also within IPv4, where tshark goes on, and the headers do not. */
static bool read_extension(struct reader *r)
{
	r->to->extensions++;
	return r->in->version == 6;
}

static bool read_fragment(struct reader *r)
{
	uint32_t offset = take(r, F_IP6_OFFSET), more = take(r, F_IP6_MORE);

	if (r->in->version == 6)
		r->in->is_fragment |= offset || more;
	return read_extension(r) && !offset;
}

static bool read_tcp(struct reader *r)
{
	r->in->proto = 6;
	r->in->src_port = (uint16_t)take(r, F_TCP_SRC);
	r->in->dst_port = (uint16_t)take(r, F_TCP_DST);
	r->in->flags = (uint8_t)take(r, F_TCP_FLAGS);
	r->in->mss = (uint16_t)take(r, F_TCP_MSS);
	return false;
}

static bool read_udp(struct reader *r)
{
	r->in->proto = 17;
	r->in->src_port = (uint16_t)take(r, F_UDP_SRC);
	r->in->dst_port = (uint16_t)take(r, F_UDP_DST);
	/* The headers look at the receiver's port alone. */
	r->to->is_unclear |= r->in->src_port == 4789 || r->in->src_port == 6081;
	return true;
}

static bool read_icmp(struct reader *r)
{
	r->in->proto = 1;
	r->in->flags = (uint8_t)take(r, F_ICMP_TYPE);
	return false;
}

static bool read_icmp6(struct reader *r)
{
	r->in->proto = 58;
	r->in->flags = (uint8_t)take(r, F_ICMP6_TYPE);
	return false;
}

static bool read_vxlan(struct reader *r)
{
	r->in->tunnel = NET_VXLAN;
	r->in->vni = take(r, F_VXLAN_VNI);
	return true;
}

static bool read_geneve(struct reader *r)
{
	r->in->tunnel = NET_GENEVE;
	r->in->vni = take(r, F_GENEVE_VNI);
	return true;
}

static bool read_gre(struct reader *r)
{
	r->in->tunnel = NET_GRE;
	return true;
}

/* What is in a tunnel begins; false when that is a tunnel in a tunnel, or Ethernet in IP. */
static bool go_inside(struct reader *r, bool is_ip)
{
	struct net_layers *outer = &r->to->layers.outer;

	if (!r->in->tunnel && !r->in->version)
		return true;
	if (r->in != outer || (!r->in->tunnel && !is_ip))
		return false;
	if (!outer->tunnel)
		outer->tunnel = NET_IP;
	r->in = &r->to->layers.inner;
	return true;
}

/* One word of frame.protocols; false where what follows is not compared. */
static bool read_layer(struct reader *r, const char *name)
{
	static const struct {
		const char *name;
		bool (*read)(struct reader *r);
		bool begins, is_ip;
	} known[] = {
		{ "eth", read_eth, true, false },
		{ "vlan", read_vlan, false, false },
		{ "ieee8021ad", read_service_vlan, false, false },
		{ "arp", read_arp, true, false },
		{ "ip", read_ipv4, true, true },
		{ "ipv6", read_ipv6, true, true },
		{ "ipv6.hopopts", read_extension, false, false },
		{ "ipv6.dstopts", read_extension, false, false },
		{ "ipv6.routing", read_extension, false, false },
		{ "ipv6.fraghdr", read_fragment, false, false },
		{ "ah", read_extension, false, false },
		{ "tcp", read_tcp, false, false },
		{ "udp", read_udp, false, false },
		{ "icmp", read_icmp, false, false },
		{ "icmpv6", read_icmp6, false, false },
		{ "vxlan", read_vxlan, false, false },
		{ "geneve", read_geneve, false, false },
		{ "gre", read_gre, false, false },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(name, known[i].name))
			return (!known[i].begins || go_inside(r, known[i].is_ip)) &&
			       known[i].read(r);
	return true;
}

bool packet_tshark_next(struct packet_tshark *t, struct packet_found *to)
{
	struct reader r = { .to = to, .in = &to->layers.outer };
	char *rest, *protocols, *name;

	memset(to, 0, sizeof(*to));
	if (getline(&t->line, &t->room, t->file) < 0)
		return false;
	t->line[strcspn(t->line, "\n")] = '\0';
	snprintf(t->shown, sizeof(t->shown), "%s", t->line);
	rest = t->line;
	for (size_t i = 0; i < FIELDS; i++)
		r.fields[i] = strsep(&rest, "\t");
	assert_non_null(r.fields[F_SEVERITY]);
	to->is_wrong = *r.fields[F_MALFORMED] || *r.fields[F_SEVERITY];
	/* It looks at options, which are not ours to judge. */
	to->is_unclear = strstr(r.fields[F_MALFORMED], "Malformed Packet: IPv6 ") != NULL;
	protocols = r.fields[F_PROTOCOLS];
	while ((name = strsep(&protocols, ":"))) {
		r.rest = protocols;
		to->has_rest = !strcmp(name, "data");
		if (!read_layer(&r, name))
			break;
	}
	return true;
}
