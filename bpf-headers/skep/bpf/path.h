/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_PATH_H
#define SKEP_BPF_PATH_H
/**
 * @file bpf/path.h
 * The path of a file, of a task's program and of its folder, in any program that may read the kernel's
 * memory: kprobes, fentry, LSM, (raw) tracepoints, iterators, perf events.
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/path.h>
 *
 * SKEP_LICENSE("GPL");
 * SKEP_SCRATCH(paths, struct skep_path);
 *
 * SEC("lsm/file_open")
 * int on_open(__u64 *ctx)
 * {
 *         skep_scratch(&paths, p) {
 *                 if (skep_path_file(p, (void *)ctx[0], 0) > 0 &&
 *                     skep_path_is_below(p, "/etc", 4) && skep_current_uid())
 *                         return -13;
 *         }
 *         return 0;
 * }
 * @endcode
 *
 * bpf_d_path() is for a few hooks only. This walks up itself: from name to parent, and where a mount's root
 * is reached, on from where that is mounted. Symbolic links and `..` are gone by then: the kernel
 * has followed them. A file has the path of the mount that it was opened by.
 *
 * **Which root.** Without flags the path goes up to the root of the mount namespace: a chroot does not
 * hide where a file is. With SKEP_PATH_SEEN it is as the current task sees it, as in its own
 * /proc/self/fd. A container has a mount namespace of its own: its paths are those inside.
 *
 * **Length.** Up to SKEP_PATH_BYTES with the NUL, that is any path that a system call takes, and up to
 * SKEP_PATH_PARTS names and mounts. Of a longer one the last names are there, without a slash before the
 * first: skep_path_is_cut(). No absolute path looks like that, so comparing with one fails.
 *
 * **What it is not.** There is no lock: a folder that is renamed while this reads may be seen under
 * its old name or its new one, and who races on purpose can have it both ways within one path. Decide by
 * bpf/file.h's identities where that matters. A file with several links has one path here, the one it
 * was opened by.
 *
 * It costs half a microsecond, and five reads or 160 ns for each name. The verifier looks at one step
 * of the walk. All of it is for a GPL-compatible licence, and not for a machine whose kernel is locked
 * down for confidentiality.
 *
 * @kernel{5.17, with BTF}
 */
#include <skep/bpf/path/mounts.h>
#include <skep/bpf/path/walk.h>
#include <skep/bpf/scratch.h>
#include <skep/bpf/string.h>

/**
 * The path of what a `struct path` names: of the hooks path_unlink, path_mkdir and so on, of `&file->f_path`.
 *
 * @param p    where to, of a scratch
 * @param path a `struct path *` of the kernel
 * @param how  0, or SKEP_PATH_SEEN and SKEP_PATH_MARK
 * @return the length without the NUL, of what there is of a path that is cut; or -EFAULT: this is no such
 *         thing, and the path is empty
 * @kernel{5.17, with BTF}
 */
SKEP_INLINE_ long skep_path_get(struct skep_path *p, const void *path, __u32 how)
{
	const struct path___skep *from = path;

	return skep_path_walk_(p, BPF_CORE_READ(from, dentry),
			       skep_mount_of_(BPF_CORE_READ(from, mnt)), how);
}

/**
 * The path of an open file, by the mount that it was opened by.
 *
 * @param p    where to, of a scratch
 * @param file a `struct file *` of the kernel
 * @param how  0, or SKEP_PATH_SEEN and SKEP_PATH_MARK
 * @return as skep_path_get()
 * @kernel{5.17, with BTF}
 */
SKEP_INLINE_ long skep_path_file(struct skep_path *p, const void *file, __u32 how)
{
	const struct file___skep *from = file;

	return skep_path_walk_(p, BPF_CORE_READ(from, f_path.dentry),
			       skep_mount_of_(BPF_CORE_READ(from, f_path.mnt)), how);
}

/**
 * The path of a name in a folder that is known by a `struct path`: what path_mkdir and path_rename get.
 *
 * @param p      where to, of a scratch
 * @param dir    the folder's `struct path *`
 * @param dentry the name's `struct dentry *`; it need not exist as a file
 * @param how    0, or SKEP_PATH_SEEN and SKEP_PATH_MARK
 * @return as skep_path_get(); a name that is not there yet has SKEP_PATH_DELETED
 * @kernel{5.17, with BTF}
 */
SKEP_INLINE_ long skep_path_in(struct skep_path *p, const void *dir, const void *dentry, __u32 how)
{
	const struct path___skep *from = dir;

	return skep_path_walk_(p, (void *)dentry, skep_mount_of_(BPF_CORE_READ(from, mnt)), how);
}

/**
 * The path of a dentry of which no mount is known: what the hooks inode_unlink, inode_rename and so on
 * get. By a mount of the whole file system, if the current task's mount namespace has one, else by one
 * of a folder above it. Of a file system with many mounts this costs three reads for each.
 *
 * @param p      where to, of a scratch
 * @param dentry a `struct dentry *` of the kernel
 * @param how    0, or SKEP_PATH_SEEN and SKEP_PATH_MARK
 * @return as skep_path_get(); where no mount is found the path begins at the file system's root, with
 *         SKEP_PATH_NO_MOUNT
 * @kernel{5.17, with BTF}
 */
SKEP_INLINE_ long skep_path_dentry(struct skep_path *p, const void *dentry, __u32 how)
{
	return skep_path_walk_(p, (void *)dentry, skep_mount_for_((void *)dentry), how);
}

/**
 * The path of the program that a task runs, as /proc/PID/exe has it.
 *
 * @param p    where to, of a scratch
 * @param task a `struct task_struct *`, or NULL for the current one
 * @param how  0, or SKEP_PATH_SEEN and SKEP_PATH_MARK
 * @return as skep_path_get(); -EFAULT for a thread of the kernel, which runs none
 * @kernel{5.17, with BTF}
 */
SKEP_INLINE_ long skep_path_exe(struct skep_path *p, const void *task, __u32 how)
{
	const struct task_struct___skep_path *of = task ? task : (void *)bpf_get_current_task();

	return skep_path_file(p, BPF_CORE_READ(of, mm, exe_file), how);
}

/**
 * The path of the folder that a task works in, as /proc/PID/cwd has it.
 *
 * @param p    where to, of a scratch
 * @param task a `struct task_struct *`, or NULL for the current one
 * @param how  0, or SKEP_PATH_SEEN and SKEP_PATH_MARK
 * @return as skep_path_get(); -EFAULT for a task that is about to end
 * @kernel{5.17, with BTF}
 */
SKEP_INLINE_ long skep_path_cwd(struct skep_path *p, const void *task, __u32 how)
{
	const struct task_struct___skep_path *of = task ? task : (void *)bpf_get_current_task();
	struct fs_struct___skep *fs = BPF_CORE_READ(of, fs);

	return skep_path_walk_(p, BPF_CORE_READ(fs, pwd.dentry),
			       skep_mount_of_(BPF_CORE_READ(fs, pwd.mnt)), how);
}

/**
 * The file behind a descriptor of the current task: what system calls are given.
 *
 * @param fd the descriptor
 * @return its `struct file *`, to read with this header or with BPF_CORE_READ(); NULL: there is none
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ void *skep_current_file(int fd)
{
	struct task_struct___skep_path *task = (void *)bpf_get_current_task();
	struct fdtable___skep *table = BPF_CORE_READ(task, files, fdt);
	struct file___skep *file = NULL;

	if (fd < 0 || (__u32)fd >= BPF_CORE_READ(table, max_fds))
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), BPF_CORE_READ(table, fd) + fd);
	return file;
}

/**
 * The text of a path, ended by a NUL.
 *
 * @param p a path that was got
 * @return where it is, up to SKEP_PATH_BYTES of it
 * @kernel{any}
 */
SKEP_INLINE_ const char *skep_path_text(const struct skep_path *p)
{
	return p->buffer + skep_mask(p->at, SKEP_PATH_BYTES);
}

/**
 * Whether only the last names of a path are there.
 *
 * @param p a path that was got
 * @return 1 or 0
 * @kernel{any}
 */
SKEP_INLINE_ int skep_path_is_cut(const struct skep_path *p)
{
	return !!(p->state & SKEP_PATH_CUT);
}

/**
 * Copies the text of a path, into a record mostly.
 *
 * @param to   where to
 * @param size its size, a constant from 1 to SKEP_PATH_BYTES
 * @param p    a path that was got
 * @return the length without the NUL; `size` when the text is longer than fits, and is cut at its end: see
 *         skep_str_is_cut()
 * @kernel{5.5}
 */
SKEP_INLINE_ long skep_path_copy(char *to, __u32 size, const struct skep_path *p)
{
	return skep_str_copy_kernel(to, size, skep_path_text(p));
}

/**
 * Whether a path is below a folder, or is the folder: "/etc/passwd" and "/etc" are below "/etc",
 * "/etcetera" is not. False for what is cut, and for what is not below the root that was asked for.
 *
 * @param p      a path that was got
 * @param folder a literal, or a `const volatile char []` of the program; without a slash at the
 *               end, "" for the root
 * @param bytes  its length, may be unknown when this is compiled
 * @return 1 or 0
 * @kernel{5.17}
 */
#define skep_path_is_below(p, folder, bytes)                                                       \
	({                                                                                         \
		const struct skep_path *skep_path_ = (p);                                          \
		__u64 skep_bytes_ = (bytes);                                                       \
		skep_path_may_be_below_(skep_path_, skep_bytes_) &&                                \
			(!skep_bytes_ ||                                                           \
			 !bpf_strncmp(skep_path_text(skep_path_),                                  \
				      skep_mask(skep_bytes_ - 1, SKEP_PATH_BYTES) + 1,             \
				      (const char *)(folder)));                                    \
	})

/* Whether it is long enough, and has a slash or its end where the folder's name ends. */
SKEP_INLINE_ int skep_path_may_be_below_(const struct skep_path *p, __u64 bytes)
{
	char next;

	if (p->state &
		    (SKEP_PATH_CUT | SKEP_PATH_OUTSIDE | SKEP_PATH_NO_FILE | SKEP_PATH_NO_MOUNT) ||
	    bytes > p->bytes)
		return 0;
	next = skep_path_text(p)[skep_mask(bytes, SKEP_PATH_BYTES)];
	return next == '/' || !next;
}

#endif
