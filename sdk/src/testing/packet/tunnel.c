// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* VXLAN, GENEVE, GRE. */
#include <errno.h>
#include <string.h>

#include "testing/packet/build.h"

#define VNI_MOST 0xffffff

int skep_layer_vxlan_write(struct build *b, const void *fields)
{
	const struct skep_layer_vxlan *f = fields;
	unsigned char *at = skep_build_room(b, 8);
	int err = at ? skep_build_range(b, "vni", f->vni, VNI_MOST) : -E2BIG;

	if (!err)
		err = skep_build_range(b, "flags", NUMBER(f->flags), UINT8_MAX);
	if (err)
		return err;
	at[0] = (unsigned char)OR(f->flags, 0x08);
	put32(at + 4, f->vni << 8);
	return 0;
}

int skep_layer_geneve_write(struct build *b, const void *fields)
{
	const struct skep_layer_geneve *f = fields;
	int err = skep_build_range(b, "vni", f->vni, VNI_MOST);
	unsigned char *at;

	if (!err)
		err = skep_build_range(b, "options_bytes", f->options_bytes, 252);
	if (!err && f->options_bytes % 4)
		err = skep_build_fail(b, "pad the last option",
				      "options_bytes is a multiple of 4, not %zu",
				      f->options_bytes);
	if (!err && f->options_bytes && !f->options)
		err = skep_build_fail(b, NULL, "options_bytes is given, but options is NULL");
	if (!err)
		err = skep_build_range(b, "version", NUMBER(f->version), 3);
	if (!err)
		err = skep_build_range(b, "length", NUMBER(f->length), 63);
	if (!err)
		err = skep_build_range(b, "type", NUMBER(f->type), UINT16_MAX);
	if (err)
		return err;
	at = skep_build_room(b, 8 + f->options_bytes);
	if (!at)
		return -E2BIG;
	at[0] = (unsigned char)(NUMBER(f->version) << 6 | OR(f->length, f->options_bytes / 4));
	at[1] = (unsigned char)(f->control << 7 | f->critical << 6);
	put32(at + 4, f->vni << 8);
	if (f->options && f->options_bytes)
		memcpy(at + 8, f->options, f->options_bytes);
	piece_of(b)->type = f->type;
	return 0;
}

int skep_layer_gre_write(struct build *b, const void *fields)
{
	const struct skep_layer_gre *f = fields;
	bool checksum = f->has_checksum || GIVEN(f->checksum), key = f->has_key || f->key,
	     sequence = f->has_sequence || f->sequence;
	size_t rest = checksum ? 8 : 4;
	int err = skep_build_range(b, "checksum", NUMBER(f->checksum), UINT16_MAX);
	struct piece *piece = piece_of(b);
	unsigned char *at;

	if (!err)
		err = skep_build_range(b, "version", NUMBER(f->version), 7);
	if (!err)
		err = skep_build_range(b, "type", NUMBER(f->type), UINT16_MAX);
	if (err)
		return err;
	at = skep_build_room(b, rest + 4 * (size_t)key + 4 * (size_t)sequence);
	if (!at)
		return -E2BIG;
	at[0] = (unsigned char)(checksum << 7 | key << 5 | sequence << 4);
	at[1] = (unsigned char)NUMBER(f->version);
	if (key)
		put32(at + rest, f->key);
	if (sequence)
		put32(at + rest + 4 * (size_t)key, f->sequence);
	piece->wanted = checksum;
	piece->checksum = f->checksum;
	piece->type = f->type;
	return 0;
}
