/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Values that belong to tasks and inodes. */
#include <skep/bpf/core.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

SKEP_LICENSE("GPL");

struct visit {
	__u64 count;
	__u64 last;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct visit);
} tasks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_INODE_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct visit);
} inodes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct visit);
} sockets SEC(".maps");

__u32 only; /* this process */

SEC("raw_tp")
int visit_task(struct bpf_raw_tracepoint_args *ctx)
{
	struct visit *v = bpf_task_storage_get(&tasks, bpf_get_current_task_btf(), NULL,
					       BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!v)
		return -1;
	v->count++;
	v->last = ctx->args[0];
	return (int)v->count;
}

struct inode;
struct dentry;

/* A file is made in a folder: counted with the folder. */
SEC("lsm/inode_create")
int BPF_PROG(on_create, struct inode *dir, struct dentry *dentry, unsigned short mode)
{
	struct visit *v;

	if (!only || only != bpf_get_current_pid_tgid() >> 32)
		return 0;
	v = bpf_inode_storage_get(&inodes, dir, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (v)
		v->count++;
	return 0;
}
