/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The hook returns 0 for "allowed". */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define EPERM 1

struct inode {
	unsigned long i_ino;
} __attribute__((preserve_access_index));

struct file {
	struct inode *f_inode;
} __attribute__((preserve_access_index));

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u64);
	__type(value, __u32);
} owners SEC(".maps");

static __always_inline int allowed(__u64 ino)
{
	__u32 *owner = bpf_map_lookup_elem(&owners, &ino);
	__u32 uid = bpf_get_current_uid_gid();

	return !owner || *owner == uid;
}

SEC("lsm/file_open")
int BPF_PROG(guard_open, struct file *file)
{
	if (!allowed(file->f_inode->i_ino))
		return -EPERM;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
