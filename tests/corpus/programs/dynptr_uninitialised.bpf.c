/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A dynptr that was never filled. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	struct bpf_dynptr ptr;
	__u32 value = 0;

	bpf_dynptr_read(&value, sizeof(value), &ptr, 0, 0); /* refused */
	return value == 1;
}

char LICENSE[] SEC("license") = "GPL";
