/* SPDX-License-Identifier: 0BSD */
/*
 * A loop that is too long for the verifier
 *
 * The verifier walks each round of a plain loop, and gives up after a million instructions, or when too
 * many ways wait to be walked. With bpf_loop() the body is a function, and looked at once.
 *
 * To do: sum() adds the first n of 65,536 numbers, all of them where n is larger.
 */
#include <skep/bpf/core.h>
#include <skep/bpf/loop.h>

SKEP_LICENSE("GPL");

#define MOST 65536

__u32 numbers[MOST];

SEC("raw_tp/sys_enter")
int sum(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 n = ctx->args[0];
	__u32 sum = 0;

	skep_for(i, 0, n, MOST) sum += numbers[i];
	return sum;
}
