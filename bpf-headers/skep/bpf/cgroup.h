/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_CGROUP_H
#define SKEP_BPF_CGROUP_H
/**
 * @file bpf/cgroup.h
 * The cgroups above a task, of version 2: their ids, whether one of them is a given one, and their path.
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/cgroup.h>
 *
 * SKEP_LICENSE("GPL");
 * const volatile __u64 service;               // st_ino of its folder in /sys/fs/cgroup
 *
 * SEC("raw_tp/sched_process_exec")
 * int on_exec(void *ctx)
 * {
 *         return skep_task_is_in_cgroup(NULL, service);
 * }
 * @endcode
 *
 * An id is the inode of the cgroup's folder. skep_current_cgroup_id() of bpf/task.h is the task's own;
 * a service's or container's processes are often in cgroups below it. It costs three reads, about 60 ns,
 * for each level. A task that is in cgroups of version 1 only is in the root here.
 *
 * @kernel{5.17, with BTF}
 */
#include <skep/bpf/path.h>
#include <skep/bpf/task.h>

/** How many levels are looked at. */
#define SKEP_CGROUP_LEVELS 1024

/** @cond */
struct kernfs_node___skep_id {
	__u64 id;
	const char *name;
} __attribute__((preserve_access_index));

struct cgroup___skep_id;

struct cgroup_subsys_state___skep_id {
	struct cgroup___skep_id *cgroup;
	struct cgroup_subsys_state___skep_id *parent;
} __attribute__((preserve_access_index));

struct cgroup___skep_id {
	struct cgroup_subsys_state___skep_id self;
	struct kernfs_node___skep_id *kn;
} __attribute__((preserve_access_index));

struct css_set___skep_id {
	struct cgroup___skep_id *dfl_cgrp;
} __attribute__((preserve_access_index));

struct task_struct___skep_id {
	struct css_set___skep_id *cgroups;
} __attribute__((preserve_access_index));

struct skep_in_cgroup_ {
	struct cgroup___skep_id *cgroup;
	__u64 id;
	__u64 found;
};

struct skep_cgroup_walk_ {
	struct skep_walk_ w;
	struct cgroup___skep_id *cgroup;
};
/** @endcond */

SKEP_INLINE_ struct cgroup___skep_id *skep_cgroup_of_(const void *task)
{
	const struct task_struct___skep_id *of = task ? task : (void *)bpf_get_current_task();

	return BPF_CORE_READ(of, cgroups, dfl_cgrp);
}

/**
 * The ids of the cgroups of a task, from its own upwards; the last one is the root's, where there is room.
 *
 * @param task a `struct task_struct *`, or NULL for the current one
 * @param to   an array of them
 * @param room how many it has room for, a constant up to 64
 * @return how many there are in it
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ __u32 skep_cgroup_ids(const void *task, __u64 *to, __u32 room)
{
	struct cgroup___skep_id *cgroup = skep_cgroup_of_(task);
	__u32 n = 0;

	skep_for(i, 0, room, 64)
	{
		if (i >= room || !cgroup)
			break;
		to[i] = BPF_CORE_READ(cgroup, kn, id);
		cgroup = BPF_CORE_READ(cgroup, self.parent, cgroup);
		n++;
	}
	return n;
}

static long skep_in_cgroup_step_(__u32 round, struct skep_in_cgroup_ *w)
{
	struct cgroup___skep_id *cgroup = w->cgroup;

	if (!cgroup)
		return 1;
	if (BPF_CORE_READ(cgroup, kn, id) == w->id) {
		w->found = 1;
		return 1;
	}
	w->cgroup = BPF_CORE_READ(cgroup, self.parent, cgroup);
	return 0;
}

/**
 * Whether a task is in a cgroup, or in one below it.
 *
 * @param task a `struct task_struct *`, or NULL for the current one
 * @param id   the cgroup's id: the inode of its folder
 * @return 1 or 0
 * @kernel{5.17, with BTF}
 */
SKEP_INLINE_ int skep_task_is_in_cgroup(const void *task, __u64 id)
{
	struct skep_in_cgroup_ w = { .cgroup = skep_cgroup_of_(task), .id = id };

	skep_loop_n(SKEP_CGROUP_LEVELS, skep_in_cgroup_step_, &w);
	return (int)w.found;
}

static long skep_cgroup_path_step_(__u32 round, struct skep_cgroup_walk_ *c)
{
	struct cgroup___skep_id *cgroup = c->cgroup, *parent;
	char name[256];
	long n;

	if (!cgroup)
		return 1;
	parent = BPF_CORE_READ(cgroup, self.parent, cgroup);
	/* The root's name is nothing. */
	if (!parent)
		return 1;
	n = bpf_probe_read_kernel_str(name, sizeof(name), BPF_CORE_READ(cgroup, kn, name));
	c->cgroup = parent;
	if (n <= 1 || n > c->w.at) {
		c->w.state |= SKEP_PATH_CUT;
		return 1;
	}
	c->w.parts++;
	return !(skep_path_put_(&c->w, name, n - 1) && skep_path_char_(&c->w, '/'));
}

/**
 * The path of a task's cgroup below the root of all, as /proc/PID/cgroup has it behind "0::" for who
 * is in no cgroup namespace.
 *
 * @param p    where to, of a scratch
 * @param task a `struct task_struct *`, or NULL for the current one
 * @return the length without the NUL, of what there is of a path that is cut; or -EFAULT: the task is
 *         none
 * @kernel{5.17, with BTF}
 */
SKEP_INLINE_ long skep_path_cgroup(struct skep_path *p, const void *task)
{
	struct skep_cgroup_walk_ c = { .w = { .p = p, .at = SKEP_PATH_END_ },
				       .cgroup = skep_cgroup_of_(task) };

	p->buffer[SKEP_PATH_END_] = 0;
	p->at = SKEP_PATH_END_;
	p->bytes = p->state = p->parts = 0;
	if (!c.cgroup)
		return SKEP_EFAULT_;
	skep_loop_n(SKEP_CGROUP_LEVELS, skep_cgroup_path_step_, &c);
	return skep_path_done_(&c.w);
}

#endif
