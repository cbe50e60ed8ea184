/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* As many elements as there are. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	int length = (bpf_get_prandom_u32() & 63) + 1;
	char comm[length];

	bpf_get_current_comm(comm, length);
	return comm[0] == 'b';
}

char LICENSE[] SEC("license") = "GPL";
