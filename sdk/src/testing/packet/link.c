// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Ethernet, VLAN tags, ARP. */
#include <arpa/inet.h>
#include <errno.h>

#include "testing/packet/build.h"

int skep_layer_eth_write(struct build *b, const void *fields)
{
	const struct skep_layer_eth *f = fields;
	unsigned char *at = skep_build_room(b, 14);
	int err = at ? skep_build_mac(b, at, f->dst, "02:00:00:00:00:02") : -E2BIG;

	if (!err)
		err = skep_build_mac(b, at + 6, f->src, "02:00:00:00:00:01");
	if (!err)
		err = skep_build_range(b, "type", NUMBER(f->type), UINT16_MAX);
	piece_of(b)->type = f->type;
	return err;
}

int skep_layer_vlan_write(struct build *b, const void *fields)
{
	const struct skep_layer_vlan *f = fields;
	unsigned char *at = skep_build_room(b, 4);
	int err = at ? skep_build_range(b, "id", f->id, 4095) : -E2BIG;

	if (!err)
		err = skep_build_range(b, "priority", f->priority, 7);
	if (!err)
		err = skep_build_range(b, "tpid", NUMBER(f->tpid), UINT16_MAX);
	if (!err)
		err = skep_build_range(b, "type", NUMBER(f->type), UINT16_MAX);
	if (err)
		return err;
	put16(at, (uint32_t)f->priority << 13 | (uint32_t)f->dei << 12 | f->id);
	piece_of(b)->extra = f->tpid;
	piece_of(b)->type = f->type;
	return 0;
}

int skep_layer_arp_write(struct build *b, const void *fields)
{
	const struct skep_layer_arp *f = fields;
	unsigned char *at = skep_build_room(b, 28);
	int err;

	if (!at)
		return -E2BIG;
	put16(at, 1);
	put16(at + 2, 0x0800);
	at[4] = 6;
	at[5] = 4;
	put16(at + 6, f->operation ? f->operation : 1);
	err = skep_build_mac(b, at + 8, f->sender_mac, "02:00:00:00:00:01");
	if (!err)
		err = skep_build_ip(b, AF_INET, at + 14, f->sender_ip, "192.0.2.1");
	if (!err)
		err = skep_build_mac(b, at + 18, f->target_mac, "00:00:00:00:00:00");
	if (!err)
		err = skep_build_ip(b, AF_INET, at + 24, f->target_ip, "192.0.2.2");
	return err;
}
