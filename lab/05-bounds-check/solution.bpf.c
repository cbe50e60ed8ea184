/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

__u64 buckets[32];
__u64 others;

SEC("raw_tp/sys_enter")
int on_size(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 size = ctx->args[0];

	if (size < 32)
		buckets[size] += 1;
	else
		others += 1;
	return 0;
}
