/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The helper is told a size beyond the frame. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	char comm[16];

	bpf_get_current_comm(comm, 32); /* refused */
	return comm[0] == 'b';
}

char LICENSE[] SEC("license") = "GPL";
