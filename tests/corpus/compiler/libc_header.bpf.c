/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A header of the C library. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <stdio.h>

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
