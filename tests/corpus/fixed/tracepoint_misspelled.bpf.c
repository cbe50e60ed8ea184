/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The right name of the tracepoint. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct task_struct {
	int pid;
	int tgid;
	char comm[16];
} __attribute__((preserve_access_index));

struct started {
	__u64 when;
	__u32 old_pid;
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct started);
} processes SEC(".maps");

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *p, int old_pid)
{
	struct started s = {};
	__u32 tgid = p->tgid;

	s.when = bpf_ktime_get_ns();
	s.old_pid = old_pid;
	bpf_probe_read_kernel_str(s.comm, sizeof(s.comm), p->comm);
	bpf_map_update_elem(&processes, &tgid, &s, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
