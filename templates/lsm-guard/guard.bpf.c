/* SPDX-License-Identifier: 0BSD */
/* The kernel side: asked when a file is opened, removed or renamed; its answer counts. */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <skep/bpf/security.h>
#include <bpf/bpf_core_read.h>
#include "guard.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF(events, struct refusal, 1 << 18);

/* Set by the user side before load. The folder is known by what it is, not by what it is called. */
const volatile struct skep_file_id folder;
const volatile __u32 owner;

static bool is_folder(const struct inode *inode)
{
	struct skep_file_id id;

	return !skep_inode_id(inode, &id) && id.inode == folder.inode && id.device == folder.device;
}

static int refuse(void *ctx, struct dentry *dentry)
{
	skep_emit_zeroed(ctx, &events, e) {
		e->pid = skep_current_pid();
		e->uid = skep_current_uid();
		skep_current_comm(e->comm);
		bpf_probe_read_kernel_str(e->name, sizeof(e->name),
					  BPF_CORE_READ(dentry, d_name.name));
	}
	return skep_deny(EACCES);
}

skep_lsm(file_open, struct file *file)
{
	struct skep_file_id id = { .inode = folder.inode, .device = folder.device };

	if (!skep_file_is_writable(file) || skep_current_uid() == owner ||
	    !skep_file_is_below(file, &id))
		return SKEP_ALLOW;
	return refuse(ctx, BPF_CORE_READ(file, f_path.dentry));
}

skep_lsm(inode_unlink, struct inode *from, struct dentry *dentry)
{
	if (skep_current_uid() == owner || !is_folder(from))
		return SKEP_ALLOW;
	return refuse(ctx, dentry);
}

skep_lsm(inode_rename, struct inode *from, struct dentry *dentry, struct inode *to)
{
	if (skep_current_uid() == owner || !(is_folder(from) || is_folder(to)))
		return SKEP_ALLOW;
	return refuse(ctx, dentry);
}
