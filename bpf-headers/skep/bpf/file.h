/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_FILE_H
#define SKEP_BPF_FILE_H
/**
 * @file bpf/file.h
 * Which file it is, whatever it is called: device, inode and generation; and what folder it is below.
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/file.h>
 *
 * SKEP_LICENSE("GPL");
 * SKEP_HASH(guarded, struct skep_file_id, __u32, 1024);
 *
 * SEC("lsm/file_open")
 * int on_open(__u64 *ctx)
 * {
 *         struct skep_file_id id;
 *
 *         if (skep_file_id((void *)ctx[0], &id))
 *                 return 0;
 *         id.generation = 0;                  // user space has put st_dev and st_ino
 *         return skep_map_get(&guarded, &id) ? -1 : 0;
 * }
 * @endcode
 *
 * A path says where, and links, mounts and renames give a file others. An identity stays, and nobody
 * can have two at once: policies hold on to it. It costs five reads, about 100 ns.
 *
 * `device` and `inode` are st_dev and st_ino of stat() on ext4, XFS, tmpfs and most others. Some file
 * systems tell user space other numbers than they keep: btrfs another device for each subvolume,
 * overlayfs those of the layer below, FUSE and NFS what their server says. There fill the map from
 * a program of your own that opens the file.
 *
 * @kernel{5.5, with BTF}
 */
#include <skep/bpf/path.h>
#include <skep/types/security.h>

#define SKEP_FMODE_WRITE_ 2

/* As user space has it in st_dev: the kernel's own has 20 bits of minor number below. */
SKEP_INLINE_ __u32 skep_device_(__u32 dev)
{
	__u32 major = dev >> 20, minor = dev & 0xfffff;

	return (minor & 0xff) | (major << 8) | ((minor & ~0xffU) << 12);
}

/**
 * The identity of an inode.
 *
 * @param inode a `struct inode *` of the kernel
 * @param id    where to
 * @return 0; or -EFAULT: there is none, as for a name without a file, and `id` is zeroed
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ long skep_inode_id(const void *inode, struct skep_file_id *id)
{
	const struct inode___skep *from = inode;
	struct super_block___skep *sb = BPF_CORE_READ(from, i_sb);

	id->inode = BPF_CORE_READ(from, i_ino);
	id->device = skep_device_(BPF_CORE_READ(sb, s_dev));
	id->generation = BPF_CORE_READ(from, i_generation);
	return sb ? 0 : SKEP_EFAULT_;
}

/**
 * The identity of the file that a dentry names.
 *
 * @param dentry a `struct dentry *` of the kernel
 * @param id     where to
 * @return as skep_inode_id()
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ long skep_dentry_id(const void *dentry, struct skep_file_id *id)
{
	const struct dentry___skep *from = dentry;

	return skep_inode_id(BPF_CORE_READ(from, d_inode), id);
}

/**
 * The identity of an open file.
 *
 * @param file a `struct file *` of the kernel
 * @param id   where to
 * @return as skep_inode_id()
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ long skep_file_id(const void *file, struct skep_file_id *id)
{
	const struct file___skep *from = file;

	return skep_inode_id(BPF_CORE_READ(from, f_inode), id);
}

/**
 * What kind of file it is, and who may use it.
 *
 * @param file a `struct file *` of the kernel
 * @return st_mode of stat(); 0: this is no file
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ __u32 skep_file_mode(const void *file)
{
	const struct file___skep *from = file;

	return BPF_CORE_READ(from, f_inode, i_mode);
}

/**
 * Whether a file was opened for writing.
 *
 * @param file a `struct file *` of the kernel
 * @return 1 or 0
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ int skep_file_is_writable(const void *file)
{
	const struct file___skep *from = file;

	return !!(BPF_CORE_READ(from, f_mode) & SKEP_FMODE_WRITE_);
}

/** @cond */
struct skep_below_ {
	struct dentry___skep *dentry;
	struct mount___skep *mount;
	__u64 inode;
	__u32 device, found;
};
/** @endcond */

static long skep_below_step_(__u32 round, struct skep_below_ *w)
{
	struct dentry___skep *dentry = w->dentry, *parent;
	struct mount___skep *mount = w->mount, *below;
	struct inode___skep *inode = BPF_CORE_READ(dentry, d_inode);

	if (BPF_CORE_READ(inode, i_ino) == w->inode &&
	    skep_device_(BPF_CORE_READ(inode, i_sb, s_dev)) == w->device) {
		w->found = 1;
		return 1;
	}
	if (mount && dentry == BPF_CORE_READ(mount, mnt.mnt_root)) {
		below = BPF_CORE_READ(mount, mnt_parent);
		if (!below || below == mount)
			return 1;
		w->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
		w->mount = below;
		return 0;
	}
	parent = BPF_CORE_READ(dentry, d_parent);
	if (!parent || parent == dentry)
		return 1;
	w->dentry = parent;
	return 0;
}

/**
 * Whether a file is a folder's, or is it: through as many folders and mounts as there are between, up to
 * SKEP_PATH_PARTS. By identity, so that no name and no bind mount of the folder hides it.
 *
 * @param file   a `struct file *` of the kernel
 * @param folder the folder's identity; its generation is not looked at
 * @return 1 or 0
 * @kernel{5.17, with BTF}
 */
SKEP_INLINE_ int skep_file_is_below(const void *file, const struct skep_file_id *folder)
{
	const struct file___skep *from = file;
	struct skep_below_ w = { .dentry = BPF_CORE_READ(from, f_path.dentry),
				 .mount = skep_mount_of_(BPF_CORE_READ(from, f_path.mnt)),
				 .inode = folder->inode,
				 .device = folder->device };

	if (!w.dentry)
		return 0;
	skep_loop_n(SKEP_HAS_LOOP_ ? SKEP_PATH_PARTS : SKEP_LOOP_PLAIN_MOST, skep_below_step_, &w);
	return w.found;
}

#endif
