/* SPDX-License-Identifier: 0BSD */
/*
 * An index from outside
 *
 * Memory behind a map's value is not the program's. The verifier knows of each number between which
 * bounds it lies, and refuses an index that may lie outside.
 *
 * To do: on_size() counts sizes below 32 in their bucket, and all others in `others`. Sizes come from
 * outside: any number of 64 bits.
 */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

__u64 buckets[32];
__u64 others;

SEC("raw_tp/sys_enter")
int on_size(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 size = ctx->args[0];

	buckets[size] += 1;
	return 0;
}
