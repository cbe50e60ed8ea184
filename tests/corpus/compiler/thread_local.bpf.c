/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A variable for each thread. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	static __thread int depth;

	return ++depth == 2;
}

char LICENSE[] SEC("license") = "GPL";
