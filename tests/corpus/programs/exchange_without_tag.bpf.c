/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A task is put into a map's value, in a pointer that is not marked as one of the kernel. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define __kptr __attribute__((btf_type_tag("kptr")))

struct task_struct {
	int tgid;
} __attribute__((preserve_access_index));

/* clang 14 drops the tag of a pointer to a struct without a typedef */
typedef struct task_struct task_t;

extern struct task_struct *bpf_task_acquire(struct task_struct *p) __ksym;
extern void bpf_task_release(struct task_struct *p) __ksym;

struct watched {
	task_t *task; /* cause */
	__u64 since;
	__u32 tgid;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct watched);
} watched SEC(".maps");

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task)
{
	__u32 zero = 0;
	struct watched *w = bpf_map_lookup_elem(&watched, &zero);
	struct task_struct *old, *held;

	if (!w)
		return 0;
	held = bpf_task_acquire(task);
	if (!held)
		return 0;
	w->tgid = held->tgid;
	w->since = bpf_ktime_get_ns();
	old = bpf_kptr_xchg(&w->task, held); /* refused */
	if (old)
		bpf_task_release(old);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
