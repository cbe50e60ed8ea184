/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_TYPES_H
#define SKEP_TYPES_H
/**
 * @file types.h
 * What the two sides of an application share: the one header of skep that both user space and
 * BPF programs may include. Works with vmlinux.h and without.
 *
 * @code{.c}
 * #include <skep/types.h>
 *
 * struct exec_event {
 *         __u32 pid;
 *         __u32 uid;
 *         char comm[SKEP_COMM_BYTES];
 * };
 * @endcode
 */
#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

/** Size of a task's name, with its NUL: the kernel's TASK_COMM_LEN. */
#define SKEP_COMM_BYTES 16

/**
 * What did not reach user space, per ring. Counted by skep_emit() on its failure paths, read
 * by skep_ring_stats(). Kept by the BPF program in the map `.data.skep`.
 */
struct skep_ring_counts {
	__u64 dropped;   /**< records that did not fit: the ring was full */
	__u64 discarded; /**< records given up by the program: return, break or goto */
};

#endif
