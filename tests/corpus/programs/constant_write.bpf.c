/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A constant is changed. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

const volatile int limit = 3;

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	*(volatile int *)&limit = 4; /* refused */
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
