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

/** The process, as ps and getpid() have it; the kernel calls it tgid. @kernel{4.2} */
SKEP_INLINE_ __u32 skep_current_pid(void)
{
	return bpf_get_current_pid_tgid() >> 32;
}

/** The same, by the kernel's name. @kernel{4.2} */
SKEP_INLINE_ __u32 skep_current_tgid(void)
{
	return skep_current_pid();
}

/** The thread, as gettid() has it; the kernel calls it pid. @kernel{4.2} */
SKEP_INLINE_ __u32 skep_current_tid(void)
{
	return (__u32)bpf_get_current_pid_tgid();
}

/** The real user. @kernel{4.2} */
SKEP_INLINE_ __u32 skep_current_uid(void)
{
	return (__u32)bpf_get_current_uid_gid();
}

/** The real group. @kernel{4.2} */
SKEP_INLINE_ __u32 skep_current_gid(void)
{
	return bpf_get_current_uid_gid() >> 32;
}

/** Copies the thread's name into a char array of at least SKEP_COMM_BYTES. @kernel{4.2} */
#define skep_current_comm(array)                                                                   \
	((void)sizeof(struct {                                                                     \
		 _Static_assert(sizeof(array) >= SKEP_COMM_BYTES &&                                \
					!__builtin_types_compatible_p(typeof(array), char *),      \
				"skep: comm needs a char array of SKEP_COMM_BYTES");               \
		 int x_;                                                                           \
	 }),                                                                                       \
	 (void)bpf_get_current_comm((array), sizeof(array)))

/* The members used here, wherever this kernel has them: no vmlinux.h needed. */
struct task_struct___skep {
	struct task_struct___skep *real_parent;
	int tgid;
} __attribute__((preserve_access_index));

/** The parent's process. Needs a GPL-compatible licence. @kernel{5.5, with BTF} */
SKEP_INLINE_ __u32 skep_current_ppid(void)
{
	struct task_struct___skep *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, real_parent, tgid);
}

/** Nanoseconds since boot without time asleep: CLOCK_MONOTONIC. @kernel{4.1} */
SKEP_INLINE_ __u64 skep_time_ns(void)
{
	return bpf_ktime_get_ns();
}

/** Nanoseconds since boot with time asleep: CLOCK_BOOTTIME. @kernel{5.8} */
SKEP_INLINE_ __u64 skep_time_boot_ns(void)
{
	return bpf_ktime_get_boot_ns();
}

#endif
