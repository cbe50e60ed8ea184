/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_PATH_WALK_H
#define SKEP_BPF_PATH_WALK_H
/**
 * @file bpf/path/walk.h
 * How bpf/path.h makes a path: from its end, name by name, up to a root. Not to be included by itself.
 */
#include <skep/bpf/field.h>
#include <skep/bpf/loop.h>
#include <skep/bpf/path/kernel.h>
#include <skep/bpf/string.h>

/** The longest path, with its NUL: the kernel's PATH_MAX. */
#define SKEP_PATH_BYTES 4096
/** How many names and mounts a walk sees at most. */
#define SKEP_PATH_PARTS 4096

/** As the current task sees it, below its root (chroot). For `how`. */
#define SKEP_PATH_SEEN 1
/** Deleted files end in " (deleted)", as in /proc and by bpf_d_path(). For `how`. */
#define SKEP_PATH_MARK 2

/** It was too long, or had too many names: only the last ones are there. In `state`. */
#define SKEP_PATH_CUT      0x100
/** It has been deleted: this is where it was. */
#define SKEP_PATH_DELETED  0x200
/**
 * It is not below the root that was asked for: outside of the chroot, unmounted, or moved out of the
 * bind mount that it was opened by. The path is that from the last root there is.
 */
#define SKEP_PATH_OUTSIDE  0x400
/** It is no file of a tree: `pipe:[123]`, `socket:[123]`, `anon_inode:[eventpoll]`, `/memfd:x`. */
#define SKEP_PATH_NO_FILE  0x800
/** No mount is known: the path begins at its file system's root. */
#define SKEP_PATH_NO_MOUNT 0x1000

/**
 * A path, in a scratch: `SKEP_SCRATCH(paths, struct skep_path);`. The text is at
 * skep_path_text(). Its second half is never written; it tells the verifier that names fit.
 */
struct skep_path {
	__u32 at;    /**< where in `buffer` the text begins */
	__u32 bytes; /**< its length without the NUL */
	__u32 state; /**< SKEP_PATH_CUT, SKEP_PATH_DELETED and so on */
	__u32 parts; /**< how many names it has */
	/** where the text is: it ends at SKEP_PATH_BYTES */
	char buffer[2 * SKEP_PATH_BYTES];
};

/** @cond */
/* What the steps of a walk share. */
struct skep_walk_ {
	struct skep_path *p;
	struct dentry___skep *dentry, *root;
	struct mount___skep *mount, *root_mount;
	__u32 at, state, parts;
};

#define SKEP_PIPEFS_   0x50495045UL
#define SKEP_SOCKFS_   0x534f434bUL
#define SKEP_ANONFS_   0x09041934UL
#define SKEP_NSFS_     0x6e736673UL
#define SKEP_PIDFS_    0x50494446UL
#define SKEP_E2BIG_    (-7)
#define SKEP_PATH_END_ (SKEP_PATH_BYTES - 1)
/** @endcond */

SKEP_INLINE_ struct mount___skep *skep_mount_of_(struct vfsmount___skep *mnt)
{
	struct mount___skep *mount = (void *)mnt;

	return mnt ? (void *)mnt - bpf_core_field_offset(mount->mnt) : NULL;
}

/* Puts bytes of the kernel before what is there; whether they fit. */
SKEP_INLINE_ int skep_path_put_(struct skep_walk_ *w, const void *bytes, __u32 n)
{
	__u64 at = w->at, length = n;

	if (length > at || length > SKEP_PATH_END_) {
		w->state |= SKEP_PATH_CUT;
		return 0;
	}
	at -= length;
	w->at = at;
	at = skep_mask(at, SKEP_PATH_BYTES);
	length = skep_mask(length, SKEP_PATH_BYTES);
	bpf_probe_read_kernel(w->p->buffer + at, length, bytes);
	return 1;
}

SKEP_INLINE_ int skep_path_char_(struct skep_walk_ *w, char c)
{
	__u64 at = w->at;

	if (!at) {
		w->state |= SKEP_PATH_CUT;
		return 0;
	}
	w->at = --at;
	w->p->buffer[skep_mask(at, SKEP_PATH_BYTES)] = c;
	return 1;
}

/* A text of the program's own, up to 16 bytes. */
#define skep_path_words_(w, text)                                                                  \
	({                                                                                         \
		const char skep_words_[] = text;                                                   \
		skep_path_put_((w), skep_words_, sizeof(skep_words_) - 1);                         \
	})

/* A name and the slash before it, or, where both do not fit, neither. */
SKEP_INLINE_ int skep_path_name_(struct skep_walk_ *w, struct dentry___skep *dentry)
{
	__u32 n = BPF_CORE_READ(dentry, d_name.len);

	if (n >= w->at) {
		w->state |= SKEP_PATH_CUT;
		return 0;
	}
	w->parts++;
	return skep_path_put_(w, BPF_CORE_READ(dentry, d_name.name), n) && skep_path_char_(w, '/');
}

/* Whether a mount without one above it is a namespace's root, and no tree that hangs in the air. */
SKEP_INLINE_ int skep_mount_is_top_(struct mount___skep *mount)
{
	struct mnt_namespace___skep *ns = BPF_CORE_READ(mount, mnt_ns);

	if (!ns || (unsigned long)ns >= -4095UL || skep_field_any(ns, 0u, is_anon))
		return 0;
	return skep_field_exists(ns, is_anon) || skep_field_any(ns, (__u64)1, seq, ns.ns_id);
}

/* One name, or from a mount to what it is mounted on; 1 at the end. */
static long skep_path_step_(__u32 round, struct skep_walk_ *w)
{
	struct dentry___skep *dentry = w->dentry, *parent;
	struct mount___skep *mount = w->mount, *below;

	if (dentry == w->root && mount == w->root_mount)
		return 1;
	if (mount && dentry == BPF_CORE_READ(mount, mnt.mnt_root)) {
		below = BPF_CORE_READ(mount, mnt_parent);
		if (below && below != mount) {
			w->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
			w->mount = below;
			return 0;
		}
		/* The top: of a namespace, or of what was unmounted while in use. */
		if (w->root || !skep_mount_is_top_(mount))
			w->state |= SKEP_PATH_OUTSIDE;
		return 1;
	}
	parent = BPF_CORE_READ(dentry, d_parent);
	if (!parent || parent == dentry) {
		if (mount)
			w->state |= SKEP_PATH_OUTSIDE;
		return 1;
	}
	w->dentry = parent;
	return !skep_path_name_(w, dentry);
}

/* A number in decimal digits. */
SKEP_INLINE_ void skep_path_number_(struct skep_walk_ *w, __u64 number)
{
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < 20; i++) {
		skep_path_char_(w, '0' + number % 10);
		number /= 10;
		if (!number)
			break;
	}
}

/* What has no place in a tree, as /proc/self/fd shows it. */
static __attribute__((noinline)) int skep_path_no_file_(struct skep_walk_ *w)
{
	struct dentry___skep *dentry =
		w->dentry; /* or it would be looked for in the kernel's BTF */
	struct inode___skep *inode = BPF_CORE_READ(dentry, d_inode);
	unsigned long kind = BPF_CORE_READ(dentry, d_sb, s_magic);
	struct ns_common___skep *ns;
	char name[16];
	long n;

	w->state |= SKEP_PATH_NO_FILE;
	if (kind == SKEP_PIDFS_)
		return skep_path_words_(w, "[pidfd]") && skep_path_words_(w, "anon_inode:");
	if (kind == SKEP_PIPEFS_ || kind == SKEP_SOCKFS_ || kind == SKEP_NSFS_) {
		skep_path_char_(w, ']');
		skep_path_number_(w, BPF_CORE_READ(inode, i_ino));
		skep_path_words_(w, ":[");
		if (kind == SKEP_PIPEFS_)
			return skep_path_words_(w, "pipe");
		if (kind == SKEP_SOCKFS_)
			return skep_path_words_(w, "socket");
		ns = BPF_CORE_READ(inode, i_private);
		n = bpf_probe_read_kernel_str(name, sizeof(name), BPF_CORE_READ(ns, ops, name));
		return n > 1 && skep_path_put_(w, name, n - 1);
	}
	if (kind == SKEP_ANONFS_)
		return skep_path_put_(w, BPF_CORE_READ(dentry, d_name.name),
				      BPF_CORE_READ(dentry, d_name.len)) &&
		       skep_path_words_(w, "anon_inode:");
	w->state |= SKEP_PATH_DELETED;
	return skep_path_words_(w, " (deleted)") && skep_path_name_(w, dentry);
}

/* The text is in the buffer: says where. */
SKEP_INLINE_ long skep_path_done_(struct skep_walk_ *w)
{
	struct skep_path *p = w->p;
	__u64 at = w->at;

	if (w->state & SKEP_PATH_CUT) {
		/* No slash before the first name that is there. */
		if (at < SKEP_PATH_END_ && p->buffer[skep_mask(at, SKEP_PATH_BYTES)] == '/')
			at++;
	} else if (!w->parts && !(w->state & SKEP_PATH_NO_FILE)) {
		at = w->at;
		if (at) {
			at--;
			p->buffer[skep_mask(at, SKEP_PATH_BYTES)] = '/';
		}
	}
	p->at = at;
	p->bytes = SKEP_PATH_END_ - at;
	p->state = w->state;
	p->parts = w->parts;
	return SKEP_PATH_END_ - at;
}

/* From a dentry up; the mount may be NULL. */
SKEP_INLINE_ long skep_path_walk_(struct skep_path *p, struct dentry___skep *dentry,
				  struct mount___skep *mount, __u32 how)
{
	struct skep_walk_ w = { .p = p, .dentry = dentry, .mount = mount, .at = SKEP_PATH_END_ };
	struct task_struct___skep_path *task = (void *)bpf_get_current_task();
	struct fs_struct___skep *fs;
	int root;

	p->buffer[SKEP_PATH_END_] = 0;
	p->at = SKEP_PATH_END_;
	p->bytes = p->state = p->parts = 0;
	if (!dentry || !BPF_CORE_READ(dentry, d_parent))
		return SKEP_EFAULT_;
	root = dentry == BPF_CORE_READ(dentry, d_parent);
	if (BPF_CORE_READ(dentry, d_op, d_dname) &&
	    !(root && mount && dentry == BPF_CORE_READ(mount, mnt.mnt_root))) {
		skep_path_no_file_(&w);
		return skep_path_done_(&w);
	}
	if (!mount)
		w.state |= SKEP_PATH_NO_MOUNT;
	if (!root && !BPF_CORE_READ(dentry, d_hash.pprev)) {
		w.state |= SKEP_PATH_DELETED;
		if (how & SKEP_PATH_MARK)
			skep_path_words_(&w, " (deleted)");
	}
	if (how & SKEP_PATH_SEEN) {
		fs = BPF_CORE_READ(task, fs);
		w.root = BPF_CORE_READ(fs, root.dentry);
		w.root_mount = skep_mount_of_(BPF_CORE_READ(fs, root.mnt));
	}
	if (skep_loop_n(SKEP_HAS_LOOP_ ? SKEP_PATH_PARTS : SKEP_LOOP_PLAIN_MOST, skep_path_step_,
			&w) >= SKEP_PATH_PARTS)
		w.state |= SKEP_PATH_CUT;
	return skep_path_done_(&w);
}

#endif
