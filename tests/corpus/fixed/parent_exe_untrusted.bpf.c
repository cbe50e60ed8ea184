/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The parent is acquired before its executable is looked for. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct inode {
	unsigned long i_ino;
} __attribute__((preserve_access_index));

struct file {
	struct inode *f_inode;
} __attribute__((preserve_access_index));

struct task_struct {
	int tgid;
	struct task_struct *real_parent;
} __attribute__((preserve_access_index));

struct linux_binprm;

extern struct file *bpf_get_task_exe_file(struct task_struct *task) __ksym;
extern void bpf_put_file(struct file *file) __ksym;
extern struct task_struct *bpf_task_acquire(struct task_struct *task) __ksym;
extern void bpf_task_release(struct task_struct *task) __ksym;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 128);
	__type(key, __u64);
	__type(value, __u32);
} denied_parents SEC(".maps");

SEC("lsm/bprm_check_security")
int BPF_PROG(guard_exec, struct linux_binprm *bprm)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_struct *parent = bpf_task_acquire(task->real_parent);
	struct file *exe;
	__u64 ino;

	if (!parent)
		return 0;
	exe = bpf_get_task_exe_file(parent);
	bpf_task_release(parent);
	if (!exe)
		return 0;
	ino = exe->f_inode->i_ino;
	bpf_put_file(exe);
	return bpf_map_lookup_elem(&denied_parents, &ino) ? -1 : 0;
}

char LICENSE[] SEC("license") = "GPL";
