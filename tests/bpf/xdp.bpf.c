/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Counts the frames of one protocol. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

#define MARK 0xb588 /* 0x88b5, for experiments, as it lies in memory */

__u64 frames;

SEC("xdp")
int count(struct xdp_md *ctx)
{
	__u16 *words = (void *)(long)ctx->data;

	if ((void *)(words + 7) <= (void *)(long)ctx->data_end && words[6] == MARK)
		__sync_fetch_and_add(&frames, 1);
	return XDP_PASS;
}

SEC("xdp")
int pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("raw_tp/sched_process_exec")
int no_xdp(struct bpf_raw_tracepoint_args *ctx)
{
	return 0;
}
