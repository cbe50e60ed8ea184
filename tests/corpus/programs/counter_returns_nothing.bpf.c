/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A program that returns nothing. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct switch_stats {
	__u64 switches;
	__u64 preempted;
	__u64 last_cpu;
};

struct switch_stats totals;
volatile __u32 enabled = 1;

static __always_inline void note(struct switch_stats *stats, int preempt)
{
	stats->switches++;
	if (preempt)
		stats->preempted++;
}

SEC("raw_tp/sched_switch")
void count_switch(struct bpf_raw_tracepoint_args *ctx)
{
	if (!enabled)
		return;
	note(&totals, ctx->args[0]);
} /* refused */

char LICENSE[] SEC("license") = "GPL";
