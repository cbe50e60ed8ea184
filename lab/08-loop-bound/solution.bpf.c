/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>
#include <skep/bpf/loop.h>

SKEP_LICENSE("GPL");

__u64 numbers[100];

SEC("raw_tp/sys_enter")
int sum(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 n = ctx->args[0], sum = 0;

	skep_for(i, 0, n, 100) sum += numbers[i];
	return sum;
}
