/* SPDX-License-Identifier: 0BSD */
/* The kernel side, of what Linux and Windows both have; anything else does not compile. */
#include <skep/bpf/portable.h>
#include "types.h"

SKEP_LICENSE("GPL");

struct ethernet {
	__u8 to[6], from[6];
	__u16 type;
};

SKEP_LRU_HASH(by_type, __u16, struct amount, 256);

SEC("xdp")
int count(struct skep_xdp_md *ctx)
{
	struct ethernet *ethernet = skep_xdp_data(ctx);
	struct amount none = {}, *amount;
	__u16 type;

	if ((void *)(ethernet + 1) > skep_xdp_data_end(ctx))
		return XDP_DROP;
	type = __builtin_bswap16(ethernet->type);
	amount = skep_map_get_or_put(&by_type, &type, &none);
	if (amount) {
		skep_atomic_add(&amount->packets, 1);
		skep_atomic_add(&amount->bytes, skep_xdp_bytes(ctx));
	}
	return XDP_PASS;
}
