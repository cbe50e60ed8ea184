// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Layers become a packet. */
#include "testing/packet/build.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

union fields {
	size_t sz;
	struct skep_layer_eth eth;
	struct skep_layer_vlan vlan;
	struct skep_layer_arp arp;
	struct skep_layer_ipv4 ipv4;
	struct skep_layer_ipv6 ipv6;
	struct skep_layer_options options;
	struct skep_layer_route route;
	struct skep_layer_fragment fragment;
	struct skep_layer_auth auth;
	struct skep_layer_tcp tcp;
	struct skep_layer_udp udp;
	struct skep_layer_icmp icmp;
	struct skep_layer_vxlan vxlan;
	struct skep_layer_geneve geneve;
	struct skep_layer_gre gre;
	struct skep_layer_bytes bytes;
};

#define KIND(name_, type)                                                                          \
	{                                                                                          \
		name_, sizeof(struct skep_layer_##type), skep_layer_##type##_write                 \
	}

static const struct {
	const char *name;
	size_t bytes;
	int (*write)(struct build *b, const void *fields);
} kinds[] = {
	[SKEP_LAYER_ETH] = KIND("Ethernet", eth),
	[SKEP_LAYER_VLAN] = KIND("VLAN", vlan),
	[SKEP_LAYER_ARP] = KIND("ARP", arp),
	[SKEP_LAYER_IPV4] = KIND("IPv4", ipv4),
	[SKEP_LAYER_IPV6] = KIND("IPv6", ipv6),
	[SKEP_LAYER_IPV6_HOP] = KIND("IPv6 hop-by-hop options", options),
	[SKEP_LAYER_IPV6_DEST] = KIND("IPv6 destination options", options),
	[SKEP_LAYER_IPV6_ROUTE] = KIND("IPv6 routing", route),
	[SKEP_LAYER_IPV6_FRAGMENT] = KIND("IPv6 fragment", fragment),
	[SKEP_LAYER_AUTH] = KIND("authentication", auth),
	[SKEP_LAYER_TCP] = KIND("TCP", tcp),
	[SKEP_LAYER_UDP] = KIND("UDP", udp),
	[SKEP_LAYER_ICMP] = KIND("ICMP", icmp),
	[SKEP_LAYER_ICMPV6] = KIND("ICMPv6", icmp),
	[SKEP_LAYER_VXLAN] = KIND("VXLAN", vxlan),
	[SKEP_LAYER_GENEVE] = KIND("GENEVE", geneve),
	[SKEP_LAYER_GRE] = KIND("GRE", gre),
	[SKEP_LAYER_BYTES] = KIND("bytes", bytes),
	[SKEP_LAYER_TRAILER] = KIND("trailer", bytes),
};

const char *skep_build_name(enum skep_layer_kind kind)
{
	return kinds[kind].name;
}

int skep_build_fail(const struct build *b, const char *hint, const char *format, ...)
{
	char what[192];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	return skep_error_set(EINVAL, hint, "layer %zu (%s): %s", b->count + 1,
			      skep_build_name(b->pieces[b->count].kind), what);
}

unsigned char *skep_build_room(struct build *b, size_t bytes)
{
	unsigned char *at = b->data + b->bytes;

	if (bytes > sizeof(b->data) - b->bytes) {
		(void)skep_error_set(E2BIG, "make it smaller",
				     "layer %zu (%s): the packet gets longer than %d bytes",
				     b->count + 1, skep_build_name(b->pieces[b->count].kind),
				     SKEP_PACKET_MAX);
		return NULL;
	}
	b->bytes += bytes;
	return at;
}

static int read_mac(unsigned char mac[6], const char *text)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";

	for (int i = 0; i < 6; i++) {
		const char *high = *text ? strchr(digits, text[0]) : NULL;
		const char *low = high && text[1] ? strchr(digits, text[1]) : NULL;

		if (!low || text[2] != (i < 5 ? ':' : '\0'))
			return -1;
		mac[i] = (unsigned char)((high - digits) % 16 * 16 + (low - digits) % 16);
		text += 3;
	}
	return 0;
}

int skep_build_mac(const struct build *b, unsigned char *at, const char *text, const char *usual)
{
	if (!read_mac(at, text ? text : usual))
		return 0;
	return skep_build_fail(b, "write it as 02:00:00:00:00:01", "'%.40s' is not a MAC address",
			       text);
}

int skep_build_ip(const struct build *b, int family, unsigned char *at, const char *text,
		  const char *usual)
{
	if (inet_pton(family, text ? text : usual, at) == 1)
		return 0;
	return skep_build_fail(
		b, family == AF_INET ? "write it as 192.0.2.1" : "write it as 2001:db8::1",
		"'%.60s' is not an %s address", text, family == AF_INET ? "IPv4" : "IPv6");
}

int skep_build_range(const struct build *b, const char *field, uint64_t number, uint64_t most)
{
	if (number <= most)
		return 0;
	return skep_build_fail(b, NULL, "%s is at most %llu, not %llu", field,
			       (unsigned long long)most, (unsigned long long)number);
}

/* The caller's fields as this library has them: longer or shorter. */
static int take_fields(const struct build *b, const struct skep_layer *layer, union fields *fields)
{
	const unsigned char *from = layer->fields;
	size_t known = kinds[layer->kind].bytes, sz;

	memset(fields, 0, sizeof(*fields));
	if (!from)
		return skep_build_fail(b, "make layers by SKEP_ETH() and the like",
				       "its fields are NULL");
	memcpy(&sz, from, sizeof(sz));
	if (sz < sizeof(size_t) || sz > 4096)
		return skep_build_fail(b, "make layers by SKEP_ETH() and the like",
				       "its sz is not set");
	for (size_t i = known; i < sz; i++)
		if (from[i])
			return skep_error_set(E2BIG, "run with the skep it was compiled with",
					      "layer %zu (%s) has fields that this skep does not "
					      "know",
					      b->count + 1, skep_build_name(layer->kind));
	memcpy(fields, from, sz < known ? sz : known);
	return 0;
}

static int write_layer(struct build *b, const struct skep_layer *layer)
{
	struct piece *piece = piece_of(b);
	union fields fields;
	int err;

	if (layer->kind <= SKEP_LAYER_NONE || layer->kind > SKEP_LAYER_TRAILER)
		return skep_error_set(EINVAL, "make layers by SKEP_ETH() and the like",
				      "layer %zu is of no kind that there is: %d", b->count + 1,
				      (int)layer->kind);
	*piece = (struct piece){ .kind = layer->kind, .start = b->bytes };
	err = take_fields(b, layer, &fields);
	if (!err)
		err = kinds[layer->kind].write(b, &fields);
	if (err)
		return err;
	piece->header = b->bytes - piece->start;
	if (layer->kind != SKEP_LAYER_TRAILER)
		b->end = b->bytes;
	b->count++;
	return 0;
}

int skep_layer_bytes_write(struct build *b, const void *fields)
{
	const struct skep_layer_bytes *f = fields;
	const void *data = f->text ? f->text : f->data;
	size_t bytes = f->text ? strlen(f->text) : f->bytes;
	unsigned char *at;

	if (f->text && f->data)
		return skep_build_fail(b, "give one of them", "it has both text and data");
	if (bytes > SKEP_PACKET_MAX)
		bytes = SKEP_PACKET_MAX + 1;
	at = skep_build_room(b, bytes);
	if (!at)
		return -E2BIG;
	if (data)
		memcpy(at, data, bytes);
	else if (piece_of(b)->kind == SKEP_LAYER_BYTES)
		for (size_t i = 0; i < bytes; i++)
			at[i] = (unsigned char)i;
	return 0;
}

static int write_all(struct build *b, const struct skep_layer *layers, size_t count)
{
	int err = 0;

	for (size_t i = 0; !err && i < count; i++)
		err = write_layer(b, &layers[i]);
	return err ? err : skep_build_finish(b);
}

int skep_packet_build_raw(struct skep_packet **out, const struct skep_layer *layers, size_t count)
{
	struct skep_packet *packet;
	struct build *b;
	int err;

	if (!out || !layers || !count || count > LAYERS_MOST)
		return skep_error_set(EINVAL, "give `out` and 1 to 32 layers",
				      "a packet cannot be built of %zu layers%s", count,
				      out ? "" : " into nothing");
	b = calloc(1, sizeof(*b));
	if (!b)
		return skep_error_set(ENOMEM, NULL, "no memory");
	err = write_all(b, layers, count);
	if (!err)
		err = skep_packet_from(&packet, b->data, b->bytes);
	if (!err) {
		packet->layers = b->count;
		for (size_t i = 0; i < b->count; i++)
			packet->starts[i] = b->pieces[i].start;
		*out = packet;
	}
	free(b);
	return err;
}
