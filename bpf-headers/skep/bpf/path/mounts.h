/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_PATH_MOUNTS_H
#define SKEP_BPF_PATH_MOUNTS_H
/**
 * @file bpf/path/mounts.h
 * By which mount the current task sees a dentry that comes without one. Not to be included by itself.
 */
#include <skep/bpf/path/walk.h>

/** @cond */
/* A file system's mounts are a list; since 6.18 each has a pointer to the next. */
struct list_head___skep {
	struct list_head___skep *next;
} __attribute__((preserve_access_index));

struct super_block___skep_list {
	struct list_head___skep s_mounts;
} __attribute__((preserve_access_index));

struct mount___skep_list {
	struct list_head___skep mnt_instance;
} __attribute__((preserve_access_index));

struct mount___skep_chain {
	struct mount___skep_chain *mnt_next_for_sb;
} __attribute__((preserve_access_index));

struct super_block___skep_chain {
	struct mount___skep_chain *s_mounts;
} __attribute__((preserve_access_index));

struct nsproxy___skep_path {
	void *mnt_ns;
} __attribute__((preserve_access_index));

struct task_struct___skep_mounts {
	struct nsproxy___skep_path *nsproxy;
} __attribute__((preserve_access_index));

struct skep_mounts_ {
	struct dentry___skep *dentry, *top; /* whose mount, and its file system's root */
	struct mount___skep *mount, *found;
	void *ns, *list;
};

struct skep_above_ {
	struct dentry___skep *dentry, *wanted;
	__u64 found;
};

#define SKEP_MOUNTS_MOST_ 1024
/** @endcond */

SKEP_INLINE_ struct mount___skep *skep_mount_in_list_(struct list_head___skep *at)
{
	struct mount___skep_list *mount = (void *)at;

	return (void *)at - bpf_core_field_offset(mount->mnt_instance);
}

SKEP_INLINE_ struct mount___skep *skep_mount_first_(struct super_block___skep *sb, void **list)
{
	struct mount___skep_chain *chain = NULL;
	struct super_block___skep_chain *chained = (void *)sb;
	struct super_block___skep_list *listed = (void *)sb;

	if (bpf_core_field_exists(chain->mnt_next_for_sb))
		return (void *)BPF_CORE_READ(chained, s_mounts);
	*list = (void *)sb + bpf_core_field_offset(listed->s_mounts);
	return skep_mount_in_list_(BPF_CORE_READ(listed, s_mounts.next));
}

SKEP_INLINE_ struct mount___skep *skep_mount_next_(struct mount___skep *mount, void *list)
{
	struct mount___skep_chain *chain = (void *)mount;
	struct mount___skep_list *listed = (void *)mount;
	struct list_head___skep *next;

	if (bpf_core_field_exists(chain->mnt_next_for_sb))
		return (void *)BPF_CORE_READ(chain, mnt_next_for_sb);
	next = BPF_CORE_READ(listed, mnt_instance.next);
	return next && next != list ? skep_mount_in_list_(next) : NULL;
}

static long skep_above_step_(__u32 round, struct skep_above_ *w)
{
	struct dentry___skep *dentry = w->dentry, *parent;

	if (dentry == w->wanted) {
		w->found = 1;
		return 1;
	}
	parent = BPF_CORE_READ(dentry, d_parent);
	w->dentry = parent;
	return !parent || parent == dentry;
}

/* One mount: of the whole file system it is the best, else one of a folder above the dentry will do. */
static long skep_mounts_step_(__u32 round, struct skep_mounts_ *w)
{
	struct mount___skep *mount = w->mount;
	struct skep_above_ above = { .dentry = w->dentry };

	if (!mount)
		return 1;
	w->mount = skep_mount_next_(mount, w->list);
	if (BPF_CORE_READ(mount, mnt_ns) != w->ns)
		return 0;
	above.wanted = BPF_CORE_READ(mount, mnt.mnt_root);
	if (above.wanted == w->top) {
		w->found = mount;
		return 1;
	}
	if (w->found)
		return 0;
	bpf_loop(SKEP_PATH_PARTS, skep_above_step_, &above, 0);
	if (above.found)
		w->found = mount;
	return 0;
}

SKEP_INLINE_ struct mount___skep *skep_mount_for_(struct dentry___skep *dentry)
{
	struct task_struct___skep_mounts *task = (void *)bpf_get_current_task();
	struct super_block___skep *sb = BPF_CORE_READ(dentry, d_sb);
	struct skep_mounts_ w = { .dentry = dentry,
				  .top = BPF_CORE_READ(sb, s_root),
				  .ns = BPF_CORE_READ(task, nsproxy, mnt_ns) };

	if (!sb || !w.ns)
		return NULL;
	w.mount = skep_mount_first_(sb, &w.list);
	bpf_loop(SKEP_MOUNTS_MOST_, skep_mounts_step_, &w, 0);
	return w.found;
}

#endif
