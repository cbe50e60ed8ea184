/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A helper of packets in a tracing program. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	return bpf_skb_pull_data(ctx, 64); /* refused */
}

char LICENSE[] SEC("license") = "GPL";
