// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Packets of random headers, most of which are right; others are cut, too long, or of other sorts. */
#include "packet_reference.h"

#include <stdbool.h>

struct maker {
	unsigned char *bytes;
	size_t count;
	uint64_t *seed;
};

uint64_t packet_random_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed * 0x2545f4914f6cdd1dULL;
}

static uint32_t pick(struct maker *m, uint32_t below)
{
	return (uint32_t)(packet_random_next(m->seed) >> 33) % below;
}

static bool once_in(struct maker *m, uint32_t times)
{
	return pick(m, times) == 0;
}

static void put8(struct maker *m, uint32_t byte)
{
	if (m->count < PACKET_MOST)
		m->bytes[m->count++] = (unsigned char)byte;
}

static void put16(struct maker *m, uint32_t number)
{
	put8(m, number >> 8);
	put8(m, number);
}

static void put_random(struct maker *m, size_t count)
{
	while (count--)
		put8(m, pick(m, 256));
}

static void put_zeros(struct maker *m, size_t count)
{
	while (count--)
		put8(m, 0);
}

static void patch16(struct maker *m, size_t at, size_t number)
{
	if (at + 2 > PACKET_MOST)
		return;
	m->bytes[at] = (unsigned char)(number >> 8);
	m->bytes[at + 1] = (unsigned char)number;
}

/* A length as it should be; or nothing, something, or a little less or more. */
static size_t a_length(struct maker *m, size_t right)
{
	switch (pick(m, 24)) {
	case 0:
		return 0;
	case 1:
		return pick(m, 65536);
	case 2:
		return right - pick(m, 24);
	case 3:
		return right + pick(m, 24);
	default:
		return right;
	}
}

static void put_network(struct maker *m, int depth, uint32_t kind);
static void put_ethernet(struct maker *m, int depth);

static void put_tcp_options(struct maker *m, size_t count)
{
	size_t end = m->count + count;

	while (m->count < end && m->count < PACKET_MOST) {
		switch (pick(m, 8)) {
		case 0:
			put16(m, 0x0204);
			put_random(m, 2);
			break;
		case 1:
			put16(m, 0x080a);
			put_random(m, 8);
			break;
		case 2:
			put16(m, 0x0402);
			break;
		case 3:
			put_random(m, 2);
			break;
		case 4:
			put8(m, 0);
			break;
		default:
			put8(m, 1);
		}
	}
	m->count = m->count < end ? m->count : end;
}

static void put_tcp(struct maker *m)
{
	uint32_t words = once_in(m, 2) ? 5 + pick(m, 11) : 5;

	put_random(m, 12);
	put8(m, (once_in(m, 24) ? pick(m, 16) : words) << 4);
	put_random(m, 7);
	put_tcp_options(m, words * 4 - 20);
	put_zeros(m, pick(m, 20));
}

static void put_udp(struct maker *m, int depth)
{
	static const uint32_t ports[] = { 4789, 6081, 53, 9 };
	size_t start = m->count;
	uint32_t port = ports[pick(m, 4)];

	put16(m, 20000 + pick(m, 10000));
	put16(m, port);
	put_random(m, 4);
	if (port == 4789) {
		put8(m, once_in(m, 12) ? pick(m, 256) : 8);
		put_zeros(m, 3);
		put_random(m, 3);
		put8(m, 0);
		put_ethernet(m, depth + 1);
	} else if (port == 6081) {
		uint32_t words = once_in(m, 2) ? pick(m, 12) : 0, ether = once_in(m, 2);

		put8(m, once_in(m, 12) ? pick(m, 256) : words);
		put8(m, 0);
		put16(m, ether ? 0x6558 : 0x0800);
		put_random(m, 3);
		put8(m, 0);
		for (uint32_t i = 0; i < words; i++) /* options of 4 bytes each */
			put_random(m, 2), put8(m, pick(m, 128)), put8(m, 0);
		if (ether)
			put_ethernet(m, depth + 1);
		else
			put_network(m, depth + 1, 0x0800);
	} else {
		put_random(m, pick(m, 30));
	}
	patch16(m, start + 4, a_length(m, m->count - start));
}

static void put_gre(struct maker *m, int depth)
{
	static const uint32_t types[] = { 0x6558, 0x0800, 0x86dd, 0x0806 };
	uint32_t type = types[pick(m, 4)], flags = pick(m, 8);

	flags = (flags & 4 ? 0x8000U : 0) | (flags & 2 ? 0x2000U : 0) | (flags & 1 ? 0x1000U : 0);
	put16(m, once_in(m, 24) ? pick(m, 65536) : flags);
	put16(m, type);
	put_random(m, (flags >> 15) * 4 + (flags >> 13 & 1) * 4 + (flags >> 12 & 1) * 4);
	if (type == 0x6558)
		put_ethernet(m, depth + 1);
	else
		put_network(m, depth + 1, type);
}

static void put_icmp(struct maker *m, int is6)
{
	put8(m, (is6 ? 128 : 8) + pick(m, 2) * (is6 ? 1U : 0));
	put8(m, 0);
	put_random(m, 6 + pick(m, 20));
}

/* What IP carries; numbers above 255 are none. */
static uint32_t pick_proto(struct maker *m, int depth, int is6)
{
	static const uint32_t protos[] = { 6, 17, 1, 47, 4, 41, 132, 89 };
	uint32_t proto = protos[once_in(m, 3) ? pick(m, 8) : pick(m, 2)];

	if (depth && (proto == 47 || proto == 4 || proto == 41))
		proto = 6;
	return proto == 1 && is6 ? 58 : proto;
}

static void put_proto(struct maker *m, int depth, uint32_t proto)
{
	switch (proto) {
	case 6:
		put_tcp(m);
		break;
	case 17:
		put_udp(m, depth);
		break;
	case 1:
	case 58:
		put_icmp(m, proto == 58);
		break;
	case 47:
		put_gre(m, depth);
		break;
	case 4:
		put_network(m, depth + 1, 0x0800);
		break;
	case 41:
		put_network(m, depth + 1, 0x86dd);
		break;
	default:
		put_random(m, pick(m, 40));
	}
}

static void put_ipv4(struct maker *m, int depth)
{
	size_t start = m->count;
	uint32_t words = once_in(m, 4) ? 5 + pick(m, 11) : 5, proto = pick_proto(m, depth, 0);

	put8(m, once_in(m, 40) ? pick(m, 256) : 0x40 | words);
	put_random(m, 5);
	put16(m, once_in(m, 8) ? pick(m, 65536) : once_in(m, 2) ? 0x4000 : 0);
	put8(m, pick(m, 256));
	put8(m, proto);
	put_random(m, 10);
	for (uint32_t i = 20; i < words * 4; i++)
		put8(m, 1);
	put_proto(m, depth, proto);
	patch16(m, start + 2, a_length(m, m->count - start));
}

static void put_extension(struct maker *m, uint32_t kind, uint32_t next)
{
	uint32_t length = once_in(m, 30) ? pick(m, 256) : pick(m, 3);

	put8(m, next);
	if (kind == 44) {
		put8(m, once_in(m, 4) ? pick(m, 256) : 0);
		put16(m, once_in(m, 3) ? pick(m, 65536) : 0);
		put_random(m, 4);
	} else if (kind == 51) {
		put8(m, length + 1);
		put_random(m, (length < 8 ? length + 3 : 3) * 4 - 2);
	} else {
		put8(m, length);
		put8(m, kind == 43 ? 253 : 0);
		put_zeros(m, (length < 8 ? length + 1 : 1) * 8 - 3);
	}
}

static void put_ipv6(struct maker *m, int depth)
{
	static const uint32_t kinds[] = { 0, 43, 44, 51, 60 };
	uint32_t proto = pick_proto(m, depth, 1), count = once_in(m, 2) ? 0 : pick(m, 4);
	size_t start = m->count;

	if (once_in(m, 20))
		count = pick(m, 11);
	put8(m, once_in(m, 40) ? pick(m, 256) : 0x60 | pick(m, 16));
	put_random(m, 5);
	uint32_t kind = count ? kinds[pick(m, 5)] : proto;

	put8(m, kind);
	put_random(m, 33);
	while (count--) {
		uint32_t next = count ? kinds[1 + pick(m, 4)] : proto;

		put_extension(m, kind, next);
		kind = next;
	}
	put_proto(m, depth, proto);
	patch16(m, start + 4, a_length(m, m->count - start - 40));
}

static void put_arp(struct maker *m)
{
	put16(m, 1);
	put16(m, 0x0800);
	put16(m, once_in(m, 20) ? pick(m, 65536) : 0x0604);
	put16(m, 1 + pick(m, 2));
	put_random(m, 20);
}

static void put_network(struct maker *m, int depth, uint32_t kind)
{
	if (kind == 0x0800)
		put_ipv4(m, depth);
	else if (kind == 0x86dd)
		put_ipv6(m, depth);
	else if (kind == 0x0806)
		put_arp(m);
	else
		put_random(m, 46);
}

static void put_ethernet(struct maker *m, int depth)
{
	static const uint32_t kinds[] = { 0x0800, 0x0800, 0x86dd, 0x86dd, 0x0806, 0x88b5, 0x0064 };
	static const uint32_t tags[] = { 0x8100, 0x88a8, 0x9100 };
	uint32_t kind = kinds[once_in(m, 6) ? pick(m, 7) : pick(m, 4)];

	put8(m, 2);
	put_random(m, 5);
	put8(m, 2);
	put_random(m, 5);
	for (uint32_t count = once_in(m, 4) ? pick(m, 7) : 0; count; count--) {
		put16(m, tags[pick(m, 3)]);
		put16(m, pick(m, 65536));
	}
	put16(m, kind);
	put_network(m, depth, kind);
}

size_t packet_random(unsigned char *to, uint64_t *seed)
{
	struct maker m = { .bytes = to, .seed = seed };

	if (once_in(&m, 50)) {
		put_random(&m, 14 + pick(&m, 100));
		return m.count;
	}
	put_ethernet(&m, 0);
	if (once_in(&m, 4)) /* what Ethernet adds to short frames */
		put_random(&m, pick(&m, 30));
	while (m.count < 14)
		put8(&m, 0);
	return once_in(&m, 3) ? packet_mutate(to, m.count, seed) : m.count;
}

static void put_clean_ip(struct maker *m, enum packet_kind kind, uint32_t proto)
{
	bool is6 = kind >= PACKET_TCP6,
	     has_more = kind == PACKET_TCP4_OPTIONS || kind == PACKET_UDP6_EXT;

	if (is6) {
		put8(m, 0x60);
		put_random(m, 5);
		put8(m, has_more ? 0 : proto);
		put_random(m, 33);
	} else {
		put8(m, has_more ? 0x47 : 0x45);
		put_random(m, 5);
		put16(m, 0x4000);
		put8(m, 64);
		put8(m, proto);
		put_random(m, 10);
	}
	if (!has_more)
		return;
	if (is6) {
		put8(m, 60);
		put_zeros(m, 7);
		put8(m, proto);
		put8(m, 1);
		put_zeros(m, 14);
	} else {
		put_random(m, 8);
	}
}

size_t packet_make(unsigned char *to, enum packet_kind kind, uint64_t *seed)
{
	static const uint8_t protos[PACKET_KINDS] = {
		[PACKET_TCP4] = 6,      [PACKET_TCP4_OPTIONS] = 6, [PACKET_UDP4] = 17,
		[PACKET_ICMP4] = 1,     [PACKET_TCP6] = 6,         [PACKET_UDP6] = 17,
		[PACKET_UDP6_EXT] = 17, [PACKET_ICMP6] = 58,
	};
	struct maker m = { .bytes = to, .seed = seed };
	bool is6 = kind >= PACKET_TCP6;
	uint32_t proto = protos[kind];
	size_t l4;

	put_random(&m, 12);
	to[0] &= 0xfe;
	put16(&m, is6 ? 0x86dd : 0x0800);
	put_clean_ip(&m, kind, proto);
	l4 = m.count;
	if (proto == 6) {
		put_random(&m, 12);
		put8(&m, 0x60);
		put_random(&m, 7);
		put16(&m, 0x0204);
		put_random(&m, 2);
	} else {
		put_random(&m, 8);
	}
	put_random(&m, pick(&m, 100));
	if (proto == 17)
		patch16(&m, l4 + 4, m.count - l4);
	patch16(&m, is6 ? 18 : 16, m.count - (is6 ? 54 : 14));
	return m.count;
}
