/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The storage of the current task, which bpf_get_current_task_btf() returns. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define CREATE BPF_LOCAL_STORAGE_GET_F_CREATE

struct file;
struct task_struct;

struct task_reads {
	__u64 last_ns;
	__u64 bytes;
	__u64 reads;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_reads);
} reads SEC(".maps");

static __always_inline struct task_reads *current_reads(void)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (!task)
		return NULL;
	return bpf_task_storage_get(&reads, task, NULL, CREATE);
}

SEC("fentry/vfs_read")
int BPF_PROG(on_read, struct file *file, char *buffer, __u64 count)
{
	struct task_reads *r = current_reads();

	if (!r)
		return 0;
	r->last_ns = bpf_ktime_get_ns();
	r->bytes += count;
	r->reads++;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
