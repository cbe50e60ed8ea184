/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The frame pointer is set aside and put back, as in a function of user space. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 executed;

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	__u64 frame;

	asm volatile("%0 = r10" : "=r"(frame));
	__sync_fetch_and_add(&executed, 1);
	asm volatile("r10 = %0" : : "r"(frame)); /* refused */
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
