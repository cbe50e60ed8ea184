/* SPDX-License-Identifier: 0BSD */
/*
 * A loop whose end the verifier can see
 *
 * The verifier walks through a loop as the processor would. Where it cannot see an end, or an index
 * that stays inside, it refuses.
 *
 * To do: sum() adds the first n of `numbers`, all 100 where n is larger. User space writes them.
 */
#include <skep/bpf/core.h>
#include <skep/bpf/loop.h>

SKEP_LICENSE("GPL");

__u64 numbers[100];

SEC("raw_tp/sys_enter")
int sum(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 n = ctx->args[0], sum = 0;

	for (__u64 i = 0; i < n; i++)
		sum += numbers[i];
	return sum;
}
