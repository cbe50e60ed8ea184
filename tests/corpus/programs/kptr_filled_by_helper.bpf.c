/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A map's value with a pointer of the kernel in it is filled by a helper. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define __kptr __attribute__((btf_type_tag("kptr")))

struct task_struct {
	int tgid;
} __attribute__((preserve_access_index));

/* clang 14 drops the tag of a pointer to a struct without a typedef */
typedef struct task_struct task_t;

struct parent {
	task_t __kptr *task;
	char comm[16];
	__u32 tgid;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct parent); /* cause */
} parents SEC(".maps");

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	__u32 zero = 0;
	struct parent *p = bpf_map_lookup_elem(&parents, &zero);

	if (!p)
		return 0;
	bpf_get_current_comm(p, sizeof(*p)); /* refused */
	p->tgid = parent->tgid;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
