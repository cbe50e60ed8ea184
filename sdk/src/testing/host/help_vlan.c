// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * VLAN tags in tc. The outermost tag is beside the packet, in its context, as the kernel keeps it; those
 * further in are in its bytes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "packet.h"

#define MACS   12
#define TAG    4
#define VLAN   0x8100
#define VLAN_S 0x88a8

static uint16_t read_word(const unsigned char *at)
{
	uint16_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

static bool is_vlan(uint16_t protocol)
{
	return protocol == htons(VLAN) || protocol == htons(VLAN_S);
}

/* Into the bytes, behind the addresses. */
static void put_tag(struct skep_host_packet *packet, uint16_t protocol, uint16_t tag)
{
	unsigned char *data;

	skep_host_packet_move(packet, TAG, 0, 0);
	data = skep_host_packet_bytes(packet);
	memmove(data, data + TAG, MACS);
	memcpy(data + MACS, &protocol, sizeof(protocol));
	tag = htons(tag);
	memcpy(data + MACS + 2, &tag, sizeof(tag));
	packet->skb.protocol = protocol;
}

/* Out of the bytes; the tag's number. */
static uint16_t take_tag(struct skep_host_packet *packet)
{
	unsigned char *data = skep_host_packet_bytes(packet);
	uint16_t tag = ntohs(read_word(data + MACS + 2));

	memmove(data + TAG, data, MACS);
	skep_host_packet_move(packet, -TAG, 0, 0);
	packet->skb.protocol = read_word(skep_host_packet_bytes(packet) + MACS);
	return tag;
}

static long vlan_push(struct __sk_buff *ctx, uint16_t protocol, uint16_t tag)
{
	struct skep_host_packet *packet = skep_host_packet_need(ctx, "bpf_skb_vlan_push");

	if (!is_vlan(protocol))
		protocol = htons(VLAN);
	if (ctx->vlan_present) {
		if (packet->bytes < MACS + 2 || packet->headroom < TAG)
			return -ENOMEM;
		put_tag(packet, (uint16_t)ctx->vlan_proto, (uint16_t)ctx->vlan_tci);
	}
	ctx->vlan_present = 1;
	ctx->vlan_proto = protocol;
	ctx->vlan_tci = tag;
	return 0;
}

static long vlan_pop(struct __sk_buff *ctx)
{
	struct skep_host_packet *packet = skep_host_packet_need(ctx, "bpf_skb_vlan_pop");
	const size_t least = MACS + TAG + 2;

	if (ctx->vlan_present) {
		ctx->vlan_present = 0;
		ctx->vlan_proto = ctx->vlan_tci = 0;
	} else if (is_vlan((uint16_t)ctx->protocol) && packet->bytes >= least) {
		take_tag(packet);
	} else {
		return 0;
	}
	if (!is_vlan((uint16_t)ctx->protocol) || packet->bytes < least)
		return 0;
	/* The next one is beside the packet now. */
	ctx->vlan_proto = ctx->protocol;
	ctx->vlan_tci = take_tag(packet);
	ctx->vlan_present = 1;
	return 0;
}

const struct skep_host_fake_entry skep_host_vlan_fakes[] = {
	SKEP_HOST_FAKE(skb_vlan_push, vlan_push),
	SKEP_HOST_FAKE(skb_vlan_pop, vlan_pop),
	{ NULL, NULL },
};
