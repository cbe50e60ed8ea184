/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A loop without an end that can be seen. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	while (1) /* refused */
		asm volatile("" ::: "memory");
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
