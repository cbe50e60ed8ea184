/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_TASK_H
#define SKEP_BPF_TASK_H
/**
 * @file bpf/task.h
 * Who runs now: process, thread, user, name; and what time it is.
 *
 * @code{.c}
 * e->pid = skep_current_pid();
 * e->uid = skep_current_uid();
 * skep_current_comm(e->comm);
 * @endcode
 *
 * Numbers are those of the initial namespaces. In an interrupt they are those of whom it
 * interrupted.
 */
#include <skep/bpf/base.h>
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

struct task_struct___skep {
	struct task_struct___skep *real_parent;
	struct task_struct___skep *group_leader;
	struct mm_struct___skep *mm;
	struct signal_struct___skep *signal;
	int exit_code;
	int tgid;
} __attribute__((preserve_access_index));
/** @endcond */

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
 * The time since boot without time asleep: CLOCK_MONOTONIC.
 *
 * @return nanoseconds
 * @kernel{4.1}
 */
SKEP_INLINE_ __u64 skep_time_ns(void)
{
	return bpf_ktime_get_ns();
}

/**
 * The time since boot with time asleep: CLOCK_BOOTTIME.
 *
 * @return nanoseconds
 * @kernel{5.8}
 */
SKEP_INLINE_ __u64 skep_time_boot_ns(void)
{
	return bpf_ktime_get_boot_ns();
}

#endif
