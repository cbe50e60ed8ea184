/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_SIGNAL_H
#define SKEP_BPF_SIGNAL_H
/**
 * @file bpf/signal.h
 * Signals to the current process or thread: to end it, before what it is about to do is of use to it.
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/signal.h>
 *
 * SKEP_LICENSE("GPL");
 * const volatile __u32 suspect;
 *
 * SEC("raw_tp/sys_enter")
 * int on_enter(void *ctx)
 * {
 *         if (skep_current_pid() == suspect)
 *                 skep_current_signal(SKEP_SIGNAL_KILL);
 *         return 0;
 * }
 * @endcode
 *
 * It is delivered when the task returns to user space: the system call that it is in is still carried
 * out, unless it waits. To refuse a call, deny it in bpf/lsm.h. Kernel threads and the first process get
 * none. In an interrupt the current process is whoever was interrupted, which is never whom one means.
 * For kprobes, fentry, LSM, (raw) tracepoints and perf events.
 */
#include <skep/bpf/base.h>

/** SIGKILL, which cannot be caught. */
#define SKEP_SIGNAL_KILL 9
/** SIGSTOP, which cannot be caught: look at the process, then SIGCONT or SIGKILL. */
#define SKEP_SIGNAL_STOP 19

/**
 * Sends a signal to the current process, any of its threads.
 *
 * @param number 1 to 64
 * @return 0; -EINVAL: no such signal; -EPERM: a kernel thread, the first process, or one that is about
 *         to end; -EBUSY: in an NMI, too many at once
 * @kernel{5.3}
 */
SKEP_INLINE_ long skep_current_signal(__u32 number)
{
	return number - 1 < 64 ? bpf_send_signal(number) : -22; /* EINVAL */
}

/**
 * Sends a signal to the current thread.
 *
 * @param number 1 to 64
 * @return as skep_current_signal()
 * @kernel{5.6}
 */
SKEP_INLINE_ long skep_current_signal_thread(__u32 number)
{
	return number - 1 < 64 ? bpf_send_signal_thread(number) : -22; /* EINVAL */
}

#endif
