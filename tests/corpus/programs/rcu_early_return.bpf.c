/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An early return out of a section of RCU. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct task_struct {
	int pid;
	int tgid;
	struct task_struct *real_parent;
} __attribute__((preserve_access_index));

extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} forks SEC(".maps");

SEC("tp_btf/sched_process_fork")
int BPF_PROG(count_forks, struct task_struct *task, struct task_struct *child) /* refused */
{
	__u64 one = 1, *count;
	__u32 tgid;

	bpf_rcu_read_lock(); /* cause */
	tgid = task->real_parent->tgid;
	if (tgid == 1)
		return 0;
	count = bpf_map_lookup_elem(&forks, &tgid);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&forks, &tgid, &one, BPF_NOEXIST);
	bpf_rcu_read_unlock();
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
