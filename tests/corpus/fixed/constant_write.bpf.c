/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

volatile int limit = 3;

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	limit = 4;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
