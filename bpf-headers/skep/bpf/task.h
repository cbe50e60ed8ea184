/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_TASK_H
#define SKEP_BPF_TASK_H
/**
 * @file bpf/task.h
 * Who runs now: process, thread, user, name, cgroup; and, of bpf/time.h, what time it is.
 *
 * @code{.c}
 * e->pid = skep_current_pid();
 * e->uid = skep_current_uid();
 * skep_current_comm(e->comm);
 * @endcode
 *
 * Numbers are those of the initial namespaces, but for skep_current_pid_inside(),
 * skep_current_pid_in() and those beside them. In an interrupt they are those of whom it interrupted.
 * A container's id is in bpf/container.h. Each costs a call of a helper, 5 to 10 ns, and one more for each
 * pointer that it follows.
 */
#include <skep/bpf/base.h>
#include <skep/bpf/time.h>
#include <bpf/bpf_core_read.h>

/**
 * The current process.
 *
 * @return its number, as ps and getpid() have it; the kernel calls it tgid
 * @kernel{4.2}
 */
SKEP_INLINE_ __u32 skep_current_pid(void)
{
	return bpf_get_current_pid_tgid() >> 32;
}

/**
 * skep_current_pid() by the kernel's name.
 *
 * @return the process's number
 * @kernel{4.2}
 */
SKEP_INLINE_ __u32 skep_current_tgid(void)
{
	return skep_current_pid();
}

/**
 * The current thread.
 *
 * @return its number, as gettid() has it; the kernel calls it pid
 * @kernel{4.2}
 */
SKEP_INLINE_ __u32 skep_current_tid(void)
{
	return (__u32)bpf_get_current_pid_tgid();
}

/**
 * The real user of the current thread.
 *
 * @return the user's number
 * @kernel{4.2}
 */
SKEP_INLINE_ __u32 skep_current_uid(void)
{
	return (__u32)bpf_get_current_uid_gid();
}

/**
 * The real group of the current thread.
 *
 * @return the group's number
 * @kernel{4.2}
 */
SKEP_INLINE_ __u32 skep_current_gid(void)
{
	return bpf_get_current_uid_gid() >> 32;
}

/** Copies the thread's name into a char array of at least SKEP_COMM_BYTES. @kernel{4.2} */
#define skep_current_comm(array)                                                                   \
	(SKEP_REQUIRE_(sizeof(array) >= SKEP_COMM_BYTES &&                                         \
			       !__builtin_types_compatible_p(typeof(array), char *),               \
		       "skep: comm needs a char array of SKEP_COMM_BYTES"),                        \
	 (void)bpf_get_current_comm((array), sizeof(array)))

/**
 * Process, user and name of the current thread.
 *
 * @param who where to
 * @kernel{4.2}
 */
SKEP_INLINE_ void skep_current_who(struct skep_who *who)
{
	who->pid = skep_current_pid();
	who->uid = skep_current_uid();
	skep_current_comm(who->comm);
}

/** @cond */
/* The members used here, wherever this kernel has them: no vmlinux.h needed. */
struct mm_struct___skep {
	unsigned long arg_start;
	unsigned long arg_end;
} __attribute__((preserve_access_index));

struct signal_struct___skep {
	struct {
		int counter;
	} live;
	int group_exit_code;
	unsigned int flags;
} __attribute__((preserve_access_index));

struct upid___skep {
	int nr;
} __attribute__((preserve_access_index));

struct pid___skep {
	unsigned int level;
	struct upid___skep numbers[1];
} __attribute__((preserve_access_index));

struct kernfs_node___skep {
	const char *name;
} __attribute__((preserve_access_index));

struct cgroup___skep;

struct cgroup_subsys_state___skep {
	struct cgroup___skep *cgroup;
	struct cgroup_subsys_state___skep *parent;
} __attribute__((preserve_access_index));

struct cgroup___skep {
	struct cgroup_subsys_state___skep self;
	struct kernfs_node___skep *kn;
} __attribute__((preserve_access_index));

struct css_set___skep {
	struct cgroup___skep *dfl_cgrp;
} __attribute__((preserve_access_index));

struct task_struct___skep {
	struct task_struct___skep *real_parent;
	struct task_struct___skep *group_leader;
	struct mm_struct___skep *mm;
	struct signal_struct___skep *signal;
	int exit_code;
	int tgid;
	struct pid___skep *thread_pid;
	struct css_set___skep *cgroups;
} __attribute__((preserve_access_index));
/** @endcond */

/* Of the numbers that a pid has, one for each namespace that it is in, the innermost. */
SKEP_INLINE_ __u32 skep_pid_inside_(struct pid___skep *pid)
{
	__u64 level = BPF_CORE_READ(pid, level);
	__u32 number = 0;

	bpf_probe_read_kernel(&number, sizeof(number),
			      (void *)pid + bpf_core_field_offset(struct pid___skep, numbers) +
				      level * bpf_core_type_size(struct upid___skep));
	return number;
}

#define SKEP_SIGNAL_GROUP_EXIT_ 4 /* the kernel's SIGNAL_GROUP_EXIT: exit_group(), or killed */

/**
 * The parent of the current process. Needs a GPL-compatible licence.
 *
 * @return its number, as getppid() has it
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ __u32 skep_current_ppid(void)
{
	struct task_struct___skep *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, real_parent, tgid);
}

/**
 * Copies the process's arguments, each ended by a NUL, as many bytes as fit. At
 * `sched_process_exec` they are those of the new program. Needs a GPL-compatible licence.
 *
 * @param to    where to, at least `room` bytes
 * @param room  a constant
 * @param total gets how many bytes there are in all: more than `room` means cut
 * @return the bytes copied, 0 for a kernel thread, or -EFAULT when memory is paged out
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ long skep_current_args(void *to, __u32 room, __u32 *total)
{
	struct task_struct___skep *task = (void *)bpf_get_current_task();
	unsigned long start = BPF_CORE_READ(task, mm, arg_start);
	unsigned long bytes = BPF_CORE_READ(task, mm, arg_end) - start;
	long err;

	*total = bytes;
	if (bytes > room)
		bytes = room;
	err = bpf_probe_read_user(to, bytes, (void *)start);
	return err ? err : (long)bytes;
}

/**
 * At `sched_process_exit`, which comes for each thread: whether the process ends with this one.
 * Needs a GPL-compatible licence.
 *
 * @return whether it does
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ int skep_current_is_last_thread(void)
{
	struct task_struct___skep *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, signal, live.counter) == 0;
}

/**
 * At `sched_process_exit`: how the process ends. Needs a GPL-compatible licence.
 *
 * @return its status, as wait() has it
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ int skep_current_exit_status(void)
{
	struct task_struct___skep *task = (void *)bpf_get_current_task();

	if (BPF_CORE_READ(task, signal, flags) & SKEP_SIGNAL_GROUP_EXIT_)
		return BPF_CORE_READ(task, signal, group_exit_code);
	return BPF_CORE_READ(task, group_leader, exit_code);
}

/**
 * The current process as it sees itself: what its own getpid() returns, in its PID namespace. Needs a
 * GPL-compatible licence.
 *
 * @return its number there; skep_current_pid() where it is in the initial namespace
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ __u32 skep_current_pid_inside(void)
{
	struct task_struct___skep *task = (void *)bpf_get_current_task();

	return skep_pid_inside_(BPF_CORE_READ(task, group_leader, thread_pid));
}

/**
 * The current thread as it sees itself: what its own gettid() returns. Needs a GPL-compatible licence.
 *
 * @return its number in its PID namespace
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ __u32 skep_current_tid_inside(void)
{
	struct task_struct___skep *task = (void *)bpf_get_current_task();

	return skep_pid_inside_(BPF_CORE_READ(task, thread_pid));
}

/**
 * The current process's number in a PID namespace that user space names: its own, mostly, so that a tool
 * in a container sees the numbers that it knows. Also without BTF. Programs of networking may call it
 * from 6.10 on.
 *
 * @param dev st_dev of stat() of /proc/self/ns/pid
 * @param ino st_ino of it
 * @return the number; 0 where the process is not in that namespace, also where it is in one below it
 * @kernel{5.7}
 */
SKEP_INLINE_ __u32 skep_current_pid_in(__u64 dev, __u64 ino)
{
	struct bpf_pidns_info info = {};

	return bpf_get_ns_current_pid_tgid(dev, ino, &info, sizeof(info)) ? 0 : info.tgid;
}

/**
 * skep_current_pid_in() for the thread.
 *
 * @param dev st_dev of stat() of /proc/self/ns/pid
 * @param ino st_ino of it
 * @return the number, or 0
 * @kernel{5.7}
 */
SKEP_INLINE_ __u32 skep_current_tid_in(__u64 dev, __u64 ino)
{
	struct bpf_pidns_info info = {};

	return bpf_get_ns_current_pid_tgid(dev, ino, &info, sizeof(info)) ? 0 : info.pid;
}

/**
 * The cgroup of the current task, of version 2.
 *
 * @return its id: the inode of its folder; of the tree's root where the task is only in cgroups of
 *         version 1
 * @kernel{4.18}
 */
SKEP_INLINE_ __u64 skep_current_cgroup_id(void)
{
	return bpf_get_current_cgroup_id();
}

/**
 * The name of the current task's cgroup of version 2: the last part of its path. Needs a
 * GPL-compatible licence.
 *
 * @param to   where to
 * @param size its size, a constant
 * @return the length without the NUL, 0 for the root; a name that does not fit is cut to `size` - 1; or
 *         -EFAULT
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ long skep_current_cgroup_name(char *to, __u32 size)
{
	struct task_struct___skep *task = (void *)bpf_get_current_task();
	const char *name = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, name);
	long got = bpf_probe_read_kernel_str(to, size, name);

	return got > 0 ? got - 1 : got;
}

#endif
