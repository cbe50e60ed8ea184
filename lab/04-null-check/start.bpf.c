/* SPDX-License-Identifier: 0BSD */
/*
 * A lookup can find nothing
 *
 * skep_map_get() is a pointer into the map, or NULL. The verifier follows both, and refuses a program
 * that uses the pointer before it has looked.
 *
 * To do: price() says what an article costs, and -1 for one that is not in the map.
 */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

SKEP_HASH(prices, __u32, __u32, 64); /* user space fills it */

SEC("raw_tp/sys_enter")
int price(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 article = ctx->args[0];
	__u32 *found = skep_map_get(&prices, &article);

	return *found;
}
