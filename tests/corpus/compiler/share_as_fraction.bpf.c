/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A percentage with a fraction. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	double share = bpf_get_prandom_u32() / 3.0;

	return share > 7.0;
}

char LICENSE[] SEC("license") = "GPL";
