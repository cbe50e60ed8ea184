/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The new name of the field. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct task_struct {
	unsigned int __state;
	int pid;
	int tgid;
	int exit_code;
} __attribute__((preserve_access_index));

struct last_seen {
	__u64 when;
	__u64 state;
	__u32 exit_code;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct last_seen);
} tasks SEC(".maps");

SEC("raw_tp/sched_process_exit")
int on_exit(void *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct last_seen seen = {};
	__u32 pid = task->pid;

	seen.when = bpf_ktime_get_ns();
	seen.state = task->__state;
	seen.exit_code = task->exit_code;
	bpf_map_update_elem(&tasks, &pid, &seen, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
