/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_PATH_KERNEL_H
#define SKEP_BPF_PATH_KERNEL_H
/**
 * @file bpf/path/kernel.h
 * What bpf/path.h and bpf/file.h read of the kernel: the members used, wherever this kernel has them, so
 * that vmlinux.h is not needed. Not to be included by itself.
 */
#include <skep/bpf/base.h>

#include <bpf/bpf_core_read.h>

/** @cond */
struct dentry___skep;
struct mount___skep;

struct super_block___skep {
	unsigned long s_magic;
	unsigned int s_dev;
	struct dentry___skep *s_root;
} __attribute__((preserve_access_index));

struct inode___skep {
	unsigned short i_mode;
	struct super_block___skep *i_sb;
	unsigned long i_ino;
	unsigned int i_generation;
	void *i_private;
} __attribute__((preserve_access_index));

struct qstr___skep {
	unsigned int len;
	const unsigned char *name;
} __attribute__((preserve_access_index));

struct hlist_bl_node___skep {
	void **pprev;
} __attribute__((preserve_access_index));

struct dentry_operations___skep {
	void *d_dname;
} __attribute__((preserve_access_index));

struct dentry___skep {
	struct hlist_bl_node___skep d_hash;
	struct dentry___skep *d_parent;
	struct qstr___skep d_name;
	struct inode___skep *d_inode;
	struct dentry_operations___skep *d_op;
	struct super_block___skep *d_sb;
} __attribute__((preserve_access_index));

struct vfsmount___skep {
	struct dentry___skep *mnt_root;
	struct super_block___skep *mnt_sb;
} __attribute__((preserve_access_index));

struct ns_common___skep_id {
	__u64 ns_id;
} __attribute__((preserve_access_index));

/* Of what is mounted nowhere: is_anon, or number 0 of one kind or the other. */
struct mnt_namespace___skep {
	bool is_anon;
	__u64 seq;
	struct ns_common___skep_id ns;
} __attribute__((preserve_access_index));

struct mount___skep {
	struct mount___skep *mnt_parent;
	struct dentry___skep *mnt_mountpoint;
	struct vfsmount___skep mnt;
	struct mnt_namespace___skep *mnt_ns;
} __attribute__((preserve_access_index));

struct path___skep {
	struct vfsmount___skep *mnt;
	struct dentry___skep *dentry;
} __attribute__((preserve_access_index));

struct file___skep {
	struct path___skep f_path;
	struct inode___skep *f_inode;
	unsigned int f_mode;
} __attribute__((preserve_access_index));

struct fs_struct___skep {
	struct path___skep root;
	struct path___skep pwd;
} __attribute__((preserve_access_index));

struct mm_struct___skep_path {
	struct file___skep *exe_file;
} __attribute__((preserve_access_index));

struct proc_ns_operations___skep {
	const char *name;
} __attribute__((preserve_access_index));

struct ns_common___skep {
	const struct proc_ns_operations___skep *ops;
	unsigned int inum;
} __attribute__((preserve_access_index));

struct fdtable___skep {
	unsigned int max_fds;
	struct file___skep **fd;
} __attribute__((preserve_access_index));

struct files_struct___skep {
	struct fdtable___skep *fdt;
} __attribute__((preserve_access_index));

struct task_struct___skep_path {
	struct mm_struct___skep_path *mm;
	struct fs_struct___skep *fs;
	struct files_struct___skep *files;
} __attribute__((preserve_access_index));
/** @endcond */

#endif
