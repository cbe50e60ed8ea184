/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The time of the working directory, as in the book. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

struct timespec64 {
	long long tv_sec;
	long tv_nsec;
} __attribute__((preserve_access_index));

struct inode {
	unsigned long i_ino;
	struct timespec64 i_mtime;
} __attribute__((preserve_access_index));

struct dentry {
	struct inode *d_inode;
} __attribute__((preserve_access_index));

struct path {
	struct dentry *dentry;
} __attribute__((preserve_access_index));

struct fs_struct {
	struct path pwd;
} __attribute__((preserve_access_index));

struct task_struct {
	struct fs_struct *fs;
} __attribute__((preserve_access_index));

struct directory {
	__u64 inode;
	__s64 modified;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct directory);
} directories SEC(".maps");

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct directory dir = {};
	struct inode *inode;

	inode = task->fs->pwd.dentry->d_inode;
	dir.inode = inode->i_ino;
	dir.modified = inode->i_mtime.tv_sec; /* refused */
	bpf_map_update_elem(&directories, &pid, &dir, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
