/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* It stays as it is. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 executed;

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	__sync_fetch_and_add(&executed, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
