/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_TYPES_LOG_H
#define SKEP_TYPES_LOG_H
/**
 * @file types/log.h
 * How messages of BPF programs travel: what bpf/log.h writes, and bpf_log.h reads.
 */
#include <skep/types.h>

/**
 * What is wanted of an object's messages: its variable `skep_log_control`. The program looks at it
 * each time, so it may be changed while the program runs.
 */
struct skep_log_control {
	__u32 level;            /**< messages up to this level are written; 0: none */
	__u32 per_second;       /**< of each place in the source, so many in a second; 0: all */
} __attribute__((aligned(64))); /* read by all, and next to what is written */

/** What stands at the beginning of each message in the ring `skep_log`. */
struct skep_log_head {
	__u32 site; /**< the type of the record, in the object's BTF: its tag is the format */
	__u32 cpu;  /**< where it was written */
	__u64 time; /**< when, by CLOCK_MONOTONIC; of a burst one time for up to 16 */
};

/** What is counted for each place in the source that writes messages. */
struct skep_log_count {
	__u64 since;      /**< when counting began anew, by CLOCK_MONOTONIC */
	__u64 suppressed; /**< messages that were more than `per_second` */
	__u64 time;       /**< of a message, by CLOCK_MONOTONIC, good for some of the next */
	__u64 tick;       /**< when that was, in ticks of the kernel, exclusive or `time` */
	__u32 written;    /**< messages since `since` */
	__u32 zero;       /**< nothing */
};

#endif
