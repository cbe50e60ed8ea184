// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Packets, parsed in the kernel and by our own reference, against what tshark says of them. */
#include "harness/machine.h"
#include "harness/test.h"

#include <string.h>

#include "bpf_net_app.h"
#include "packet_tshark.h"

#define PACKETS 20000

static bool is_tag(uint32_t next)
{
	return next == 0x8100 || next == 0x88a8 || next == 0x9100;
}

/* What tshark found, as far as it can be compared: up to the header that was bad to us. */
static struct net_layers as_far(struct net_layers theirs, const struct net_layers *ours)
{
	struct net_layers kept = { .type = theirs.type,
				   .vlan = theirs.vlan,
				   .vlans = theirs.vlans };

	theirs.at = ours->at;
	theirs.next = ours->next;
	theirs.is_bad = ours->is_bad;
	kept.at = ours->at;
	kept.next = ours->next;
	kept.is_bad = ours->is_bad;
	if (!ours->version && is_tag(ours->next)) {
		kept.vlans = ours->vlans; /* more tags than we look at */
		return kept;
	}
	if (!ours->is_bad)
		return theirs;
	if (!ours->version) {
		if (kept.vlans == ours->vlans + 1) /* the last one was cut */
			kept.vlans = ours->vlans;
		if (!ours->vlans || !kept.vlan)
			kept.vlan = ours->vlan;
		return kept;
	}
	if (!ours->proto) {
		theirs.proto = theirs.flags = 0;
		theirs.src_port = theirs.dst_port = theirs.mss = 0;
	}
	if (!ours->tunnel) {
		theirs.tunnel = 0;
		theirs.vni = 0;
	}
	return theirs;
}

/*
 * Whether we may have called bad what tshark does not mind: ARP about something else than IPv4 over
 * Ethernet, tunnels' headers of other versions or without what they are there for, more extension
 * headers than are followed, and nothing at all where a header was said to be next.
 */
static bool is_stricter(const struct packet_found *theirs, const struct net_result *ours)
{
	return theirs->is_arp || theirs->extensions > 8 || !theirs->has_rest ||
	       (ours->outer.is_bad && !ours->outer.tunnel &&
		(theirs->layers.outer.tunnel == NET_GRE ||
		 theirs->layers.outer.tunnel == NET_VXLAN));
}

static bool agree(const struct packet_found *theirs, const struct net_result *ours)
{
	struct net_layers outer = as_far(theirs->layers.outer, &ours->outer);
	struct net_layers inner = as_far(theirs->layers.inner, &ours->inner);
	bool is_bad = ours->outer.is_bad || ours->inner.is_bad;

	/* It knows no tunnel where what is in it is of another version; to us that is bad. */
	if (ours->outer.tunnel == NET_IP && ours->inner.is_bad && !ours->inner.version)
		outer.tunnel = NET_IP;
	/* Of several such options it shows the one that is right, and we look at the first. */
	if (theirs->is_wrong && !ours->outer.mss)
		outer.mss = 0;
	if (theirs->is_wrong && !ours->inner.mss)
		inner.mss = 0;
	if (memcmp(&outer, &ours->outer, sizeof(outer)) != 0)
		return false;
	inner.tunnel = 0; /* tunnels in tunnels are not looked at */
	inner.vni = 0;
	if (ours->inner.vlans && !ours->inner.type)
		inner = ours->inner; /* a tag right in a tunnel is unknown to it */
	if (ours->outer.tunnel && memcmp(&inner, &ours->inner, sizeof(inner)) != 0)
		return false;
	return !is_bad || theirs->is_wrong || is_stricter(theirs, ours);
}

static void print_layers(const char *who, const struct net_layers *l)
{
	fprintf(stderr,
		"%s: type %04x vlan %u/%u version %u ttl %u fragment %u %08x>%08x proto %u %u>%u "
		"flags %02x mss %u tunnel %u vni %u at %u next %x bad %u\n",
		who, l->type, l->vlan, l->vlans, l->version, l->ttl, l->is_fragment, l->src[0],
		l->dst[0], l->proto, l->src_port, l->dst_port, l->flags, l->mss, l->tunnel, l->vni,
		l->at, l->next, l->is_bad);
}

/* Makes the packet again, which nobody kept, and shows it. */
static void fail_for(uint64_t seed, int number, const struct packet_tshark *tshark,
		     const struct packet_found *theirs, const struct net_result *ours)
{
	unsigned char packet[PACKET_MOST];
	size_t bytes = 0;

	for (int i = 0; i <= number; i++)
		bytes = packet_random(packet, &seed);
	fprintf(stderr, "%s\n", tshark->shown);
	print_layers("tshark, outer", &theirs->layers.outer);
	print_layers("ours, outer  ", &ours->outer);
	print_layers("tshark, inner", &theirs->layers.inner);
	print_layers("ours, inner  ", &ours->inner);
	bpf_net_fail(packet, bytes, "tshark says something else");
}

/* What the kernel finds as XDP, which has to be what it finds as tc and what the reference does. */
static void parse(const unsigned char *packet, size_t bytes, struct net_result *to)
{
	static const char *const programs[] = { "dissect_xdp", "dissect_tc" };

	packet_reference(packet, bytes, to);
	for (int i = 0; i < 2; i++) {
		if (bpf_net_read(programs[i], packet, bytes) &&
		    memcmp(&bpf_net_vars()->result, to, sizeof(*to)) != 0) {
			print_layers("program, outer  ", &bpf_net_vars()->result.outer);
			print_layers("reference, outer", &to->outer);
			print_layers("program, inner  ", &bpf_net_vars()->result.inner);
			print_layers("reference, inner", &to->inner);
			bpf_net_fail(packet, bytes, programs[i]);
		}
	}
}

static void compare(const uint64_t seed)
{
	static struct net_result found[PACKETS];
	unsigned char packet[PACKET_MOST];
	struct packet_tshark tshark;
	struct packet_found theirs;
	uint64_t state = seed;
	int unclear = 0;

	packet_tshark_open(&tshark);
	for (int i = 0; i < PACKETS; i++) {
		size_t bytes = packet_random(packet, &state);

		parse(packet, bytes, &found[i]);
		packet_tshark_add(&tshark, packet, bytes);
	}
	packet_tshark_run(&tshark);
	for (int i = 0; i < PACKETS; i++) {
		assert_true(packet_tshark_next(&tshark, &theirs));
		if (agree(&theirs, &found[i]))
			continue;
		if (!theirs.is_unclear)
			fail_for(seed, i, &tshark, &theirs, &found[i]);
		unclear++;
	}
	packet_tshark_close(&tshark);
	assert_true(unclear < PACKETS / 50);
}

TEST_WITH(random_packets_are_parsed_as_tshark_does, bpf_net_start, NULL)
{
	const char *given = getenv("SKEP_TEST_SEED");
	uint64_t seed = given ? strtoull(given, NULL, 0) : 1;

	if (!packet_tshark_is_there())
		test_skip("tshark is not there (package tshark)");
	for (int round = 0; round < (test_is_full() ? 50 : 1); round++, seed++) {
		printf("# %d packets, SKEP_TEST_SEED=%llu\n", PACKETS, (unsigned long long)seed);
		compare(seed);
	}
}
