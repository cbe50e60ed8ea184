/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	for (int i = 0; i < 64; i++)
		asm volatile("" ::: "memory");
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
