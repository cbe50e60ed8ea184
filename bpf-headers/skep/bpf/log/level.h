/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_LOG_LEVEL_H
#define SKEP_BPF_LOG_LEVEL_H
/**
 * @file bpf/log/level.h
 * The levels of messages, and what may be set before bpf/log.h is included, which has the story.
 *
 * @code{.c}
 * #define SKEP_LOG_LEVEL SKEP_LOG_WARN         // or -DSKEP_LOG_LEVEL=2
 * #include <skep/bpf/log.h>
 * @endcode
 *
 * Costs nothing: numbers.
 *
 * @kernel{any}
 */
#include <skep/bpf/base.h>

/* Numbers and no enum: `#if SKEP_LOG_LEVEL` has to know them. Those of <skep/log.h>. */
#define SKEP_LOG_OFF   0 /**< nothing */
#define SKEP_LOG_ERROR 1 /**< something failed */
#define SKEP_LOG_WARN  2 /**< something was done otherwise than asked */
#define SKEP_LOG_INFO  3 /**< what happened */
#define SKEP_LOG_DEBUG 4 /**< every step */
#define SKEP_LOG_TRACE 5 /**< more than one wants to know */

/** Messages above this level are not compiled: no instruction is left of them. */
#ifndef SKEP_LOG_LEVEL
#define SKEP_LOG_LEVEL SKEP_LOG_TRACE
#endif

/** The size of the ring, a power of two of at least 4096. */
#ifndef SKEP_LOG_BYTES
#define SKEP_LOG_BYTES (1 << 18)
#endif

/** How many messages of one place in the source are written in a second; 0: all. */
#ifndef SKEP_LOG_PER_SECOND
#define SKEP_LOG_PER_SECOND 1000
#endif

/** How many letters of a text skep_str() and skep_user_str() keep. */
#ifndef SKEP_LOG_TEXT
#define SKEP_LOG_TEXT 64
#endif

#endif
