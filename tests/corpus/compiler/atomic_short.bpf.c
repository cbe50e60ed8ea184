/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A counter of 16 bits. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u16 hits[8];

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	__sync_fetch_and_add(&hits[3], 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
