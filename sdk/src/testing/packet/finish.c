// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What follows from the rest of a packet: types, lengths, checksums. */
#include <errno.h>

#include "testing/packet/build.h"

/* What a kind is called by the layer before it; -1 where that has no number for it. */
static const struct numbers {
	int ethertype, protocol;
} numbers[] = {
	[SKEP_LAYER_ETH] = { 0x6558, 143 },
	[SKEP_LAYER_VLAN] = { 0x8100, -1 },
	[SKEP_LAYER_ARP] = { 0x0806, -1 },
	[SKEP_LAYER_IPV4] = { 0x0800, 4 },
	[SKEP_LAYER_IPV6] = { 0x86dd, 41 },
	[SKEP_LAYER_IPV6_HOP] = { -1, 0 },
	[SKEP_LAYER_IPV6_DEST] = { -1, 60 },
	[SKEP_LAYER_IPV6_ROUTE] = { -1, 43 },
	[SKEP_LAYER_IPV6_FRAGMENT] = { -1, 44 },
	[SKEP_LAYER_AUTH] = { -1, 51 },
	[SKEP_LAYER_TCP] = { -1, 6 },
	[SKEP_LAYER_UDP] = { -1, 17 },
	[SKEP_LAYER_ICMP] = { -1, 1 },
	[SKEP_LAYER_ICMPV6] = { -1, 58 },
	[SKEP_LAYER_VXLAN] = { -1, -1 },
	[SKEP_LAYER_GENEVE] = { -1, -1 },
	[SKEP_LAYER_GRE] = { -1, 47 },
	[SKEP_LAYER_BYTES] = { -1, -1 },
	[SKEP_LAYER_TRAILER] = { -1, -1 },
};

#define EXPERIMENT_ETHERTYPE 0x88b5
#define EXPERIMENT_PROTOCOL  253
#define NOTHING_FOLLOWS      59
#define SEGMENT_ROUTING      4

static const struct piece *next_of(const struct build *b, size_t i)
{
	return i + 1 < b->count ? &b->pieces[i + 1] : NULL;
}

static bool is_kind(const struct piece *piece, enum skep_layer_kind kind)
{
	return piece && piece->kind == kind;
}

static void put_ethertype(struct build *b, size_t i, unsigned char *at)
{
	const struct piece *next = next_of(b, i);
	int type = next ? numbers[next->kind].ethertype : -1;

	/* Of two tags the outer one is the provider's. */
	if (is_kind(next, SKEP_LAYER_VLAN)) {
		if (is_kind(next_of(b, i + 1), SKEP_LAYER_VLAN))
			type = 0x88a8;
		type = (int)OR(next->extra, type);
	}
	put16(at, OR(b->pieces[i].type, type < 0 ? EXPERIMENT_ETHERTYPE : type));
}

static unsigned char protocol_of(const struct build *b, size_t i)
{
	const struct piece *next = next_of(b, i);
	int protocol = next ? numbers[next->kind].protocol : -1;

	if (protocol < 0)
		protocol = b->end == b->pieces[i].start + b->pieces[i].header ? NOTHING_FOLLOWS
									      : EXPERIMENT_PROTOCOL;
	return (unsigned char)OR(b->pieces[i].type, protocol);
}

static uint64_t sum(uint64_t start, const unsigned char *data, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		start += i % 2 ? data[i] : (uint32_t)data[i] << 8;
	return start;
}

static uint32_t fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint32_t)~sum & 0xffff;
}

/*
 * Where a routing header sends a packet in the end; NULL where it does not tell. Segment routing lists
 * the last one first, the others last.
 */
static const unsigned char *final_address(const struct build *b, const struct piece *route)
{
	const unsigned char *at = b->data + route->start;
	size_t most = (route->header - 8) / 16;

	if (!at[3] || !most)
		return NULL;
	return at + 8 + (at[2] == SEGMENT_ROUTING ? 0 : most - 1) * 16;
}

/* What the checksum of a transport covers beside it: addresses, length and protocol of IP. */
static uint64_t pseudo_header(const struct build *b, size_t i, uint32_t protocol)
{
	uint64_t bytes = b->end - b->pieces[i].start;
	const unsigned char *to = NULL;

	for (size_t k = i; k-- > 0;) {
		const struct piece *piece = &b->pieces[k];
		const unsigned char *ip = b->data + piece->start;

		if (piece->kind == SKEP_LAYER_IPV6_ROUTE)
			to = final_address(b, piece);
		if (piece->kind == SKEP_LAYER_IPV4)
			return sum(bytes + protocol, ip + 12, 8);
		if (piece->kind == SKEP_LAYER_IPV6)
			return sum(sum(bytes + protocol, ip + 8, 16), to ? to : ip + 24, 16);
	}
	return 0;
}

static void put_checksum(struct build *b, size_t i, size_t offset, uint64_t start)
{
	const struct piece *piece = &b->pieces[i];
	unsigned char *at = b->data + piece->start;
	uint32_t right = fold(sum(start, at, b->end - piece->start));

	/* Zero means "none" in UDP. */
	if (!right && piece->kind == SKEP_LAYER_UDP)
		right = 0xffff;
	put16(at + offset, OR(piece->checksum, right));
}

static int put_length(struct build *b, size_t i, size_t offset, size_t bytes)
{
	const struct piece *piece = &b->pieces[i];

	if (bytes > UINT16_MAX && !GIVEN(piece->length))
		return skep_error_set(E2BIG, "make the packet smaller, or give `.length`",
				      "layer %zu (%s): its length has 16 bits, and it is %zu bytes "
				      "long",
				      i + 1, skep_build_name(piece->kind), bytes);
	put16(b->data + piece->start + offset, OR(piece->length, bytes));
	return 0;
}

static int finish_ipv4(struct build *b, size_t i)
{
	const struct piece *piece = &b->pieces[i];
	unsigned char *at = b->data + piece->start;
	int err = put_length(b, i, 2, b->end - piece->start);

	at[9] = protocol_of(b, i);
	if (at[9] == NOTHING_FOLLOWS && !GIVEN(piece->type))
		at[9] = EXPERIMENT_PROTOCOL; /* IPv6 alone has a number for that */
	put16(at + 10, OR(piece->checksum, fold(sum(0, at, piece->header))));
	return err;
}

static int finish_udp(struct build *b, size_t i)
{
	const struct piece *piece = &b->pieces[i], *next = next_of(b, i);
	uint32_t port = is_kind(next, SKEP_LAYER_VXLAN) ? 4789 : 0;

	if (is_kind(next, SKEP_LAYER_GENEVE))
		port = 6081;
	put16(b->data + piece->start + 2, OR(piece->extra, port));
	if (put_length(b, i, 4, b->end - piece->start))
		return -E2BIG;
	put_checksum(b, i, 6, pseudo_header(b, i, 17));
	return 0;
}

static int finish_piece(struct build *b, size_t i)
{
	const struct piece *piece = &b->pieces[i];
	unsigned char *at = b->data + piece->start;

	switch (piece->kind) {
	case SKEP_LAYER_ETH:
		put_ethertype(b, i, at + 12);
		return 0;
	case SKEP_LAYER_VLAN:
	case SKEP_LAYER_GENEVE:
	case SKEP_LAYER_GRE:
		put_ethertype(b, i, at + 2);
		if (piece->wanted)
			put_checksum(b, i, 4, 0);
		return 0;
	case SKEP_LAYER_IPV4:
		return finish_ipv4(b, i);
	case SKEP_LAYER_IPV6:
		at[6] = protocol_of(b, i);
		return put_length(b, i, 4, b->end - piece->start - piece->header);
	case SKEP_LAYER_IPV6_HOP:
	case SKEP_LAYER_IPV6_DEST:
	case SKEP_LAYER_IPV6_ROUTE:
	case SKEP_LAYER_IPV6_FRAGMENT:
	case SKEP_LAYER_AUTH:
		at[0] = protocol_of(b, i);
		return 0;
	case SKEP_LAYER_TCP:
		put_checksum(b, i, 16, pseudo_header(b, i, 6));
		return 0;
	case SKEP_LAYER_UDP:
		return finish_udp(b, i);
	case SKEP_LAYER_ICMP:
		put_checksum(b, i, 2, 0);
		return 0;
	case SKEP_LAYER_ICMPV6:
		put_checksum(b, i, 2, pseudo_header(b, i, 58));
		return 0;
	default:
		return 0;
	}
}

int skep_build_finish(struct build *b)
{
	int err = 0;

	for (size_t i = b->count; !err && i-- > 0;)
		err = finish_piece(b, i);
	return err;
}
