/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The executable of the parent, with a parent that nobody keeps alive. */
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
	struct task_struct *parent = task->real_parent; /* cause */
	struct file *exe;
	__u64 ino;

	exe = bpf_get_task_exe_file(parent); /* refused */
	if (!exe)
		return 0;
	ino = exe->f_inode->i_ino;
	bpf_put_file(exe);
	return bpf_map_lookup_elem(&denied_parents, &ino) ? -1 : 0;
}

char LICENSE[] SEC("license") = "GPL";
