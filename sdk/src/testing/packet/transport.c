// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* TCP, UDP, ICMP. */
#include <errno.h>
#include <string.h>

#include "testing/packet/build.h"

#define OPTIONS_MOST 40

/* The options that have a name, as they are on the wire. How many bytes. */
static size_t named_options(const struct skep_layer_tcp *f, unsigned char *at)
{
	size_t n = 0;

	if (f->mss) {
		at[n] = 2;
		at[n + 1] = 4;
		put16(at + n + 2, f->mss);
		n += 4;
	}
	if (f->sack_permitted) {
		at[n] = 4;
		at[n + 1] = 2;
		n += 2;
	}
	if (f->timestamp || f->timestamp_echo) {
		at[n] = 8;
		at[n + 1] = 10;
		put32(at + n + 2, f->timestamp);
		put32(at + n + 6, f->timestamp_echo);
		n += 10;
	}
	if (GIVEN(f->window_scale)) {
		at[n] = 3;
		at[n + 1] = 3;
		at[n + 2] = (unsigned char)NUMBER(f->window_scale);
		n += 3;
	}
	return n;
}

static int check_tcp(const struct build *b, const struct skep_layer_tcp *f, size_t named)
{
	int err = skep_build_range(b, "options_bytes", f->options_bytes, OPTIONS_MOST - named);

	if (!err && f->options_bytes && !f->options)
		err = skep_build_fail(b, NULL, "options_bytes is given, but options is NULL");
	if (!err)
		err = skep_build_range(b, "window", NUMBER(f->window), UINT16_MAX);
	if (!err)
		err = skep_build_range(b, "window_scale", NUMBER(f->window_scale), UINT8_MAX);
	if (!err)
		err = skep_build_range(b, "data_offset", NUMBER(f->data_offset), 15);
	if (!err)
		err = skep_build_range(b, "checksum", NUMBER(f->checksum), UINT16_MAX);
	return err;
}

int skep_layer_tcp_write(struct build *b, const void *fields)
{
	const struct skep_layer_tcp *f = fields;
	unsigned char options[OPTIONS_MOST] = { 0 }, *at;
	size_t named = named_options(f, options), header;
	int err = check_tcp(b, f, named);

	if (err)
		return err;
	header = 20 + (named + f->options_bytes + 3) / 4 * 4;
	at = skep_build_room(b, header);
	if (!at)
		return -E2BIG;
	put16(at, f->src);
	put16(at + 2, f->dst);
	put32(at + 4, f->seq);
	put32(at + 8, f->ack_seq);
	at[12] = (unsigned char)(OR(f->data_offset, header / 4) << 4);
	at[13] = (unsigned char)(f->fin | f->syn << 1 | f->rst << 2 | f->psh << 3 | f->ack << 4 |
				 f->urg << 5 | f->ece << 6 | f->cwr << 7);
	put16(at + 14, OR(f->window, UINT16_MAX));
	put16(at + 18, f->urgent);
	memset(at + 20, 1, header - 20);
	memcpy(at + 20, options, named);
	if (f->options_bytes)
		memcpy(at + 20 + named, f->options, f->options_bytes);
	piece_of(b)->checksum = f->checksum;
	return 0;
}

int skep_layer_udp_write(struct build *b, const void *fields)
{
	const struct skep_layer_udp *f = fields;
	struct piece *piece = piece_of(b);
	unsigned char *at = skep_build_room(b, 8);
	int err = at ? skep_build_range(b, "dst", NUMBER(f->dst), UINT16_MAX) : -E2BIG;

	if (!err)
		err = skep_build_range(b, "length", NUMBER(f->length), UINT16_MAX);
	if (!err)
		err = skep_build_range(b, "checksum", NUMBER(f->checksum), UINT16_MAX);
	if (err)
		return err;
	put16(at, f->src);
	piece->extra = f->dst;
	piece->length = f->length;
	piece->checksum = f->checksum;
	return 0;
}

int skep_layer_icmp_write(struct build *b, const void *fields)
{
	const struct skep_layer_icmp *f = fields;
	struct piece *piece = piece_of(b);
	unsigned char *at = skep_build_room(b, 8);
	int err = at ? skep_build_range(b, "type", NUMBER(f->type), UINT8_MAX) : -E2BIG;

	if (!err)
		err = skep_build_range(b, "checksum", NUMBER(f->checksum), UINT16_MAX);
	if (err)
		return err;
	at[0] = (unsigned char)OR(f->type, piece->kind == SKEP_LAYER_ICMP ? 8 : 128);
	at[1] = f->code;
	put16(at + 4, f->id);
	put16(at + 6, f->seq);
	piece->checksum = f->checksum;
	return 0;
}
