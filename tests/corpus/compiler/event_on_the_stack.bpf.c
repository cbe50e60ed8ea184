/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A record with a whole path in it. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct event {
	__u32 pid;
	char path[600];
};

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	struct event e = {};

	e.pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(e.path, sizeof(e.path));
	return bpf_trace_printk(e.path, 16);
}

char LICENSE[] SEC("license") = "GPL";
