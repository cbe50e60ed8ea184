/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>
#include <skep/bpf/loop.h>

SKEP_LICENSE("GPL");

#define MOST 65536

__u32 numbers[MOST];

static long add(__u32 i, __u32 *sum)
{
	if (i < MOST)
		*sum += numbers[i];
	return 0;
}

SEC("raw_tp/sys_enter")
int sum(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 n = ctx->args[0];
	__u32 sum = 0;

	skep_loop_n(n < MOST ? n : MOST, add, &sum);
	return sum;
}
