/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

SKEP_HASH(counts, __u32, __u64, 1024);

SEC("raw_tp/sys_enter")
int on_event(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 number = ctx->args[0];

	skep_map_add(&counts, &number, 1);
	return 0;
}
