/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The average of signed numbers. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	int sum = bpf_get_prandom_u32();
	int count = bpf_get_prandom_u32();

	return sum / count;
}

char LICENSE[] SEC("license") = "GPL";
