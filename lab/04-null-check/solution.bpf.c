/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

SKEP_HASH(prices, __u32, __u32, 64);

SEC("raw_tp/sys_enter")
int price(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 article = ctx->args[0];
	__u32 *found = skep_map_get(&prices, &article);

	return found ? *found : -1;
}
