// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "packet_reference.h"

#include <stdbool.h>
#include <string.h>

struct view {
	const unsigned char *data;
	size_t at, end; /* end: as far as headers and the packet allow */
	size_t said;    /* as far as headers allow */
	uint32_t next;
	int is_bad;
};

static uint32_t be16(const struct view *v, size_t i)
{
	return (uint32_t)v->data[v->at + i] << 8 | v->data[v->at + i + 1];
}

static int has(struct view *v, size_t bytes)
{
	if (v->at + bytes <= v->end)
		return 1;
	v->is_bad = 1;
	v->next = 0x100;
	return 0;
}

static void bad(struct view *v)
{
	v->is_bad = 1;
	v->next = 0x100;
}

static void limit(struct view *v, size_t bytes)
{
	if (bytes && v->at + bytes < v->said)
		v->said = v->at + bytes;
	if (v->said < v->end)
		v->end = v->said;
}

static uint32_t type_of(uint32_t type)
{
	return type < 0x600 ? 0x104 : type;
}

static void ipv4(struct view *v, struct net_layers *l)
{
	size_t start = v->at, header, total;

	if (!has(v, 20))
		return;
	header = (v->data[start] & 15U) * 4;
	total = be16(v, 2);
	if (v->data[start] >> 4 != 4 || header < 20 || (total && total < header)) {
		bad(v);
		return;
	}
	limit(v, total);
	if (!has(v, header))
		return;
	l->version = 4;
	l->ttl = v->data[start + 8];
	memcpy(l->src, v->data + start + 12, 4);
	memcpy(l->dst, v->data + start + 16, 4);
	l->is_fragment = (be16(v, 6) & 0x3fff) != 0;
	v->next = be16(v, 6) & 0x1fff ? 0x101 : v->data[start + 9];
	v->at += header;
}

static int extension(uint32_t next)
{
	return next == 0 || next == 43 || next == 44 || next == 51 || next == 60;
}

static int extensions(struct view *v, int *fragment)
{
	for (int i = 0; extension(v->next); i++) {
		const unsigned char *h = v->data + v->at;
		uint32_t kind = v->next;

		if (i == 8 || v->at + 8 > v->end)
			return 0;
		v->next = h[0];
		if (kind == 44) {
			uint32_t offset = be16(v, 2);

			v->at += 8;
			*fragment |= (offset & 0xfff9) != 0;
			if (offset & 0xfff8) {
				v->next = 0x101;
				return 1;
			}
			continue;
		}
		if (v->at + (kind == 51 ? (h[1] + 2U) * 4 : (h[1] + 1U) * 8) > v->end)
			return 0;
		v->at += kind == 51 ? (h[1] + 2U) * 4 : (h[1] + 1U) * 8;
	}
	if (v->next == 59)
		v->next = 0x100;
	return 1;
}

static void ipv6(struct view *v, struct net_layers *l)
{
	const unsigned char *h = v->data + v->at;
	size_t start = v->at;
	int fragment = 0;

	if (!has(v, 40))
		return;
	if (h[0] >> 4 != 6) {
		bad(v);
		return;
	}
	v->next = h[6];
	v->at += 40;
	limit(v, (size_t)h[4] << 8 | h[5]);
	if (!extensions(v, &fragment)) {
		v->at = start;
		bad(v);
		return;
	}
	l->is_fragment = (uint8_t)fragment;
	l->version = 6;
	l->ttl = h[7];
	memcpy(l->src, h + 8, 16);
	memcpy(l->dst, h + 24, 16);
}

static uint16_t mss_of(const unsigned char *option, size_t left)
{
	while (left && *option) {
		size_t bytes = 1;

		if (*option != 1) {
			bytes = option[1];
			if (bytes < 2 || bytes > left)
				return 0;
			if (*option == 2)
				return bytes == 4 ? (uint16_t)(option[2] << 8 | option[3]) : 0;
		}
		option += bytes;
		left -= bytes;
	}
	return 0;
}

static int udp_length_is_right(struct view *v, const struct net_layers *l)
{
	uint32_t bytes = be16(v, 4);

	if (!bytes)
		return l->version == 6;
	return bytes >= 8 && (l->is_fragment || v->at + bytes <= v->said);
}

static void transport(struct view *v, struct net_layers *l)
{
	uint32_t next = v->next;
	size_t header = 8;

	if (next != 6 && next != 17 && next != 1 && next != 58)
		return;
	if (!has(v, next == 6 ? 20 : 8))
		return;
	if (next == 6) {
		header = (v->data[v->at + 12] >> 4) * 4U;
		if (header < 20) {
			bad(v);
			return;
		}
		if (!has(v, header))
			return;
		l->mss = mss_of(v->data + v->at + 20, header - 20);
	}
	if (next == 17 && !udp_length_is_right(v, l)) {
		bad(v);
		return;
	}
	if (next == 17)
		limit(v, be16(v, 4));
	l->proto = (uint8_t)next;
	if (next == 6 || next == 17) {
		l->src_port = (uint16_t)be16(v, 0);
		l->dst_port = (uint16_t)be16(v, 2);
	}
	l->flags = next == 17 ? 0 : v->data[v->at + (next == 6 ? 13 : 0)];
	v->next = next == 17 ? 0x103 : 0x102;
	v->at += header;
}

static int tag(uint32_t next)
{
	return next == 0x8100 || next == 0x88a8 || next == 0x9100;
}

static void layers(struct view *v, struct net_layers *l)
{
	if (v->next == 0x105 && has(v, 14)) {
		l->type = (uint16_t)be16(v, 12);
		v->next = type_of(l->type);
		v->at += 14;
	}
	for (int i = 0; i < 5 && tag(v->next); i++) {
		if (!has(v, 4))
			break;
		if (!i)
			l->vlan = be16(v, 0) & 0xfff;
		l->vlans++;
		v->next = type_of(be16(v, 2));
		v->at += 4;
	}
	if (v->next == 0x806) {
		if (!has(v, 28))
			return;
		if (memcmp(v->data + v->at, "\0\1\x08\0\6\4", 6) != 0) {
			bad(v);
			return;
		}
		l->flags = (uint8_t)be16(v, 6);
		memcpy(l->src, v->data + v->at + 14, 4);
		memcpy(l->dst, v->data + v->at + 24, 4);
		v->next = 0x100;
		v->at += 28;
		return;
	}
	if (v->next == 0x800 || v->next == 4)
		ipv4(v, l);
	else if (v->next == 0x86dd || v->next == 41)
		ipv6(v, l);
	transport(v, l);
}

static void inside(struct view *v, uint32_t type, size_t header)
{
	if (!has(v, header))
		return;
	v->next = type == 0x6558 ? 0x105 : type < 0x600 ? 0x100 : type;
	v->at += header;
}

static void tunnel(struct view *v, struct net_layers *l)
{
	const unsigned char *h = v->data + v->at;

	if (v->next == 0x103 && (l->dst_port == 4789 || l->dst_port == 6081)) {
		int vxlan = l->dst_port == 4789;

		if (!has(v, 8))
			return;
		if (vxlan ? !(h[0] & 8) : h[0] >> 6) {
			bad(v);
			return;
		}
		inside(v, vxlan ? 0x6558 : be16(v, 2), vxlan ? 8 : 8 + (h[0] & 63U) * 4);
		if (v->is_bad)
			return;
		l->tunnel = vxlan ? NET_VXLAN : NET_GENEVE;
		l->vni = (uint32_t)h[4] << 16 | (uint32_t)h[5] << 8 | h[6];
	} else if (v->next == 47) {
		if (!has(v, 4))
			return;
		if (h[0] & 0x40 || h[1] & 7) {
			bad(v);
			return;
		}
		inside(v, be16(v, 2),
		       4 + (h[0] & 128 ? 4U : 0) + (h[0] & 32 ? 4U : 0) + (h[0] & 16 ? 4U : 0));
		if (!v->is_bad)
			l->tunnel = NET_GRE;
	} else if (l->version && (v->next == 4 || v->next == 41)) {
		l->tunnel = NET_IP;
	}
}

static void note(const struct view *v, struct net_layers *l)
{
	l->at = (uint32_t)v->at;
	l->next = v->next;
	l->is_bad = (uint8_t)v->is_bad;
}

void packet_reference(const unsigned char *packet, size_t bytes, struct net_result *to)
{
	struct view v = { .data = packet, .end = bytes, .said = 0xffff, .next = 0x105 };

	memset(to, 0, sizeof(*to));
	layers(&v, &to->outer);
	tunnel(&v, &to->outer);
	note(&v, &to->outer);
	if (!to->outer.tunnel)
		return;
	layers(&v, &to->inner);
	note(&v, &to->inner);
}

#define ETH(type)                "\2\0\0\0\0\1\2\0\0\0\0\2" type
#define IP4(proto, words, total) words "\0\0" total "\0\1\0\0\x40" proto "\0\0\x0a\0\0\1\x0a\0\0\2"
#define ADDR6                    "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2"
#define IP6(proto, payload)      "\x60\0\0\0\0" payload proto "\x40" ADDR6
#define TCP                      "\x10\0\0\x50\0\0\0\1\0\0\0\2\x60\x02\xff\xff\0\0\0\0\2\4\5\xb4"
#define UDP(port, bytes)         "\x20\0" port "\0" bytes "\0\0"
#define S(text)                                                                                    \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}

size_t packet_build(unsigned char *to, unsigned int shape)
{
	static const struct {
		const char *bytes;
		size_t count;
	} shapes[PACKET_SHAPES] = {
		S(ETH("\x08\0") IP4("\6", "\x45", "\x30") TCP "data"),
		S(ETH("\x08\0") IP4("\x11", "\x45", "\x20") UDP("\0\x35", "\x0c") "data"),
		S(ETH("\x86\xdd") IP6("\6", "\x1c") TCP "data"),
		S(ETH("\x86\xdd") IP6("\x11", "\x0c") UDP("\0\x35", "\x0c") "data"),
		S(ETH("\x88\xa8") "\0\7\x81\0\0\x08\x08\0" IP4("\6", "\x46", "\x34") "\1\1\1\0" TCP
										     "data"),
		S(ETH("\x08\6") "\0\1\x08\0\6\4\0\1\2\0\0\0\0\1\x0a\0\0\1\0\0\0\0\0\0\x0a\0\0\2"),
		S(ETH("\x86\xdd")
			  IP6("\0", "\x24") "\x2c\0\1\4\0\0\0\0\x3c\0\0\1\0\0\0\1\x3a\0\1\4\0\0\0\0"
					    "\x80\0\0\0\0\1\0\1data"),
		S(ETH("\x08\0") IP4("\x11", "\x45", "\x5a")
			  UDP("\x12\xb5", "\x46") "\x08\0\0\0\0\1\2\0" ETH("\x08\0")
				  IP4("\6", "\x45", "\x2c") TCP),
		S(ETH("\x08\0") IP4("\x11", "\x45", "\x4c")
			  UDP("\x17\xc1", "\x38") "\1\0\x08\0\0\1\2\0"
						  "\0\0\0\0" IP4("\6", "\x45", "\x2c") TCP),
		S(ETH("\x08\0")
			  IP4("\x2f", "\x45", "\x4c") "\xb0\0\x08\0\0\0\0\0\0\0\0\1\0\0\0\2" IP4(
				  "\1", "\x45", "\x20") "\x08\0\0\0\0\1\0\1data"),
	};

	memcpy(to, shapes[shape].bytes, shapes[shape].count);
	return shapes[shape].count;
}

size_t packet_mutate(unsigned char *packet, size_t bytes, uint64_t *seed)
{
	static const unsigned char liked[] = { 0,  1,  4,  6,    8,    17,   41,   43,   44,
					       47, 51, 59, 0x3c, 0x45, 0x4f, 0x60, 0x81, 0xff };
	size_t changes = packet_random_next(seed) % 6;

	while (changes--) {
		uint64_t r = packet_random_next(seed);

		packet[12 + (r >> 32) % (bytes - 12)] =
			r & 1 ? liked[(r >> 8) % sizeof(liked)] : (unsigned char)(r >> 16);
	}
	if (packet_random_next(seed) % 4 == 0)
		bytes = 14 + packet_random_next(seed) % (bytes - 13);
	return bytes;
}

static uint32_t sum_of(const unsigned char *bytes, size_t count, uint32_t sum)
{
	for (size_t i = 0; i < count; i++)
		sum += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
	return sum;
}

static void put_sum(unsigned char *to, uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	sum = ~sum & 0xffff;
	to[0] = (unsigned char)(sum >> 8);
	to[1] = (unsigned char)sum;
}

/* The last header of IP before what it carries, and behind it. */
static size_t walk(const unsigned char *packet, uint8_t *proto)
{
	const unsigned char *ip = packet + 14;
	size_t at = 14 + 40;

	if (ip[0] >> 4 == 4) {
		*proto = ip[9];
		return 14 + (ip[0] & 15U) * 4;
	}
	for (*proto = ip[6]; *proto == 0 || *proto == 60; at += (packet[at + 1] + 1U) * 8)
		*proto = packet[at];
	return at;
}

size_t packet_l4_at(const unsigned char *packet)
{
	uint8_t proto;

	return walk(packet, &proto);
}

uint8_t packet_proto(const unsigned char *packet)
{
	uint8_t proto;

	walk(packet, &proto);
	return proto;
}

void packet_fill_sums(unsigned char *packet, size_t bytes)
{
	unsigned char *ip = packet + 14, *l4 = packet + packet_l4_at(packet), *check;
	uint32_t proto = packet_proto(packet), count = (uint32_t)(packet + bytes - l4), sum = 0;
	bool is6 = ip[0] >> 4 == 6;

	if (!is6) {
		memset(ip + 10, 0, 2);
		put_sum(ip + 10, sum_of(ip, (size_t)(l4 - ip), 0));
	}
	check = l4 + (proto == 6 ? 16 : proto == 17 ? 6 : 2);
	memset(check, 0, 2);
	if (proto != 1)
		sum = sum_of(is6 ? ip + 8 : ip + 12, is6 ? 32 : 8, proto + count);
	put_sum(check, sum_of(l4, count, sum));
	if (proto == 17 && !check[0] && !check[1])
		memset(check, 0xff, 2);
}
