// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* IPv4, IPv6 and what stands behind them. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "testing/packet/build.h"

static int check_ipv4(const struct build *b, const struct skep_layer_ipv4 *f)
{
	int err = skep_build_range(b, "options_bytes", f->options_bytes, 40);

	if (!err && f->options_bytes && !f->options)
		err = skep_build_fail(b, NULL, "options_bytes is given, but options is NULL");
	if (!err && f->offset % 8)
		err = skep_build_fail(b, "take the next multiple of 8",
				      "offset is a multiple of 8, not %u", f->offset);
	if (!err)
		err = skep_build_range(b, "ttl", NUMBER(f->ttl), UINT8_MAX);
	if (!err)
		err = skep_build_range(b, "version", NUMBER(f->version), 15);
	if (!err)
		err = skep_build_range(b, "ihl", NUMBER(f->ihl), 15);
	if (!err)
		err = skep_build_range(b, "length", NUMBER(f->length), UINT16_MAX);
	if (!err)
		err = skep_build_range(b, "protocol", NUMBER(f->protocol), UINT8_MAX);
	if (!err)
		err = skep_build_range(b, "checksum", NUMBER(f->checksum), UINT16_MAX);
	return err;
}

int skep_layer_ipv4_write(struct build *b, const void *fields)
{
	const struct skep_layer_ipv4 *f = fields;
	size_t header = 20 + (f->options_bytes + 3) / 4 * 4;
	struct piece *piece = piece_of(b);
	int err = check_ipv4(b, f);
	unsigned char *at = err ? NULL : skep_build_room(b, header);

	if (!at)
		return err ? err : -E2BIG;
	at[0] = (unsigned char)(OR(f->version, 4) << 4 | OR(f->ihl, header / 4));
	at[1] = f->tos;
	put16(at + 4, f->id);
	put16(at + 6, (uint32_t)f->df << 14 | (uint32_t)f->mf << 13 | f->offset / 8U);
	at[8] = (unsigned char)OR(f->ttl, 64);
	err = skep_build_ip(b, AF_INET, at + 12, f->src, "192.0.2.1");
	if (!err)
		err = skep_build_ip(b, AF_INET, at + 16, f->dst, "192.0.2.2");
	if (f->options_bytes)
		memcpy(at + 20, f->options, f->options_bytes);
	piece->length = f->length;
	piece->type = f->protocol;
	piece->checksum = f->checksum;
	return err;
}

int skep_layer_ipv6_write(struct build *b, const void *fields)
{
	const struct skep_layer_ipv6 *f = fields;
	struct piece *piece = piece_of(b);
	unsigned char *at = skep_build_room(b, 40);
	int err = at ? skep_build_range(b, "flow_label", f->flow_label, 0xfffff) : -E2BIG;

	if (!err)
		err = skep_build_range(b, "hop_limit", NUMBER(f->hop_limit), UINT8_MAX);
	if (!err)
		err = skep_build_range(b, "version", NUMBER(f->version), 15);
	if (!err)
		err = skep_build_range(b, "length", NUMBER(f->length), UINT16_MAX);
	if (!err)
		err = skep_build_range(b, "next", NUMBER(f->next), UINT8_MAX);
	if (!err)
		err = skep_build_ip(b, AF_INET6, at + 8, f->src, "2001:db8::1");
	if (!err)
		err = skep_build_ip(b, AF_INET6, at + 24, f->dst, "2001:db8::2");
	if (err)
		return err;
	put32(at, OR(f->version, 6) << 28 | (uint32_t)f->traffic_class << 20 | f->flow_label);
	at[7] = (unsigned char)OR(f->hop_limit, 64);
	piece->length = f->length;
	piece->type = f->next;
	return 0;
}

/* What is long in units of eight bytes, the first of which does not count. */
static unsigned char *extension(struct build *b, size_t header, uint32_t next, uint32_t length)
{
	size_t all = (header + 7) / 8 * 8;
	unsigned char *at;

	if (skep_build_range(b, "bytes", header, 2048) ||
	    skep_build_range(b, "next", NUMBER(next), UINT8_MAX) ||
	    skep_build_range(b, "length", NUMBER(length), UINT8_MAX))
		return NULL;
	at = skep_build_room(b, all);
	if (at)
		at[1] = (unsigned char)OR(length, all / 8 - 1);
	piece_of(b)->type = next;
	return at;
}

int skep_layer_options_write(struct build *b, const void *fields)
{
	const struct skep_layer_options *f = fields;
	size_t bytes = f->bytes < 4096 ? f->bytes : 4096, pad;
	unsigned char *at;

	if (bytes && !f->data)
		return skep_build_fail(b, NULL, "bytes is given, but data is NULL");
	at = extension(b, 2 + bytes, f->next, f->length);
	if (!at)
		return -skep_error_last()->code;
	if (bytes)
		memcpy(at + 2, f->data, bytes);
	/* Pad1 is one zero; PadN has a length. */
	pad = (8 - (2 + bytes) % 8) % 8;
	if (pad > 1) {
		at[2 + bytes] = 1;
		at[3 + bytes] = (unsigned char)(pad - 2);
	}
	return 0;
}

int skep_layer_route_write(struct build *b, const void *fields)
{
	const struct skep_layer_route *f = fields;
	size_t bytes = f->bytes < 4096 ? f->bytes : 4096;
	unsigned char *at = extension(b, 4 + bytes, f->next, f->length);

	if (!at)
		return -skep_error_last()->code;
	at[2] = f->type;
	at[3] = f->segments_left;
	if (f->data && bytes)
		memcpy(at + 4, f->data, bytes);
	return 0;
}

int skep_layer_fragment_write(struct build *b, const void *fields)
{
	const struct skep_layer_fragment *f = fields;
	unsigned char *at = skep_build_room(b, 8);
	int err = at ? skep_build_range(b, "next", NUMBER(f->next), UINT8_MAX) : -E2BIG;

	if (err)
		return err;
	if (f->offset % 8)
		return skep_build_fail(b, "take the next multiple of 8",
				       "offset is a multiple of 8, not %u", f->offset);
	put16(at + 2, (uint32_t)f->offset | f->more);
	put32(at + 4, f->id);
	piece_of(b)->type = f->next;
	return 0;
}

int skep_layer_auth_write(struct build *b, const void *fields)
{
	const struct skep_layer_auth *f = fields;
	unsigned char *at = skep_build_room(b, 24);
	int err = at ? skep_build_range(b, "next", NUMBER(f->next), UINT8_MAX) : -E2BIG;

	if (!err)
		err = skep_build_range(b, "length", NUMBER(f->length), UINT8_MAX);
	if (err)
		return err;
	at[1] = (unsigned char)OR(f->length, 24 / 4 - 2);
	put32(at + 4, f->spi);
	put32(at + 8, f->seq);
	piece_of(b)->type = f->next;
	return 0;
}
