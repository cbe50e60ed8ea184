/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_PERF_H
#define SKEP_PERF_H
/**
 * @file perf.h
 * Perf buffers behind the face of a ring: for kernels that have no rings, or by choice.
 *
 * @code{.c}
 * if (skep_perf_use(object, "events") ||                   // between open and load
 *     skep_object_load(object))
 *         return skep_perror("events");
 * @endcode
 *
 * From there on everything is as for a ring: skep_ring_open() gives a reader for a perf event
 * array, also for one that was declared as such, by any program. It has a buffer for each
 * processor (`.perf_bytes`, 256 KiB), and one of four times that size, to which records are copied,
 * once. A record of a perf buffer has its length rounded up: for types with a variable tail up to 7
 * bytes more than were written are told.
 *
 * The program pays for a wake-up with each record, other than with a ring: a perf buffer's reader
 * cannot tell the kernel that it is awake. With `.perf_records` or `.wakeup_bytes` it pays for one of
 * many, and records may be up to 100 ms late:
 *
 * @code{.c}
 * if (skep_ring_open(&events, object, "events",
 *                    SKEP_OPTS(skep_ring_opts, .perf_bytes = 1 << 20, .perf_records = 64)))
 *         return skep_perror("events");
 * @endcode
 *
 * A processor that is off when the reader is opened gets its buffer within a second of its coming,
 * while the ring is read; what it writes before that is counted as dropped.
 */
#include <skep/ring.h>

SKEP_BEGIN_DECLS

/**
 * Makes an object use perf buffers in the place of a ring. Before load only. skep_object_load()
 * does it by itself where the kernel has no rings.
 *
 * @param object the object
 * @param ring   a ring of SKEP_RINGBUF(), SKEP_RINGBUF_VAR() or SKEP_RINGBUF_TAGGED(), compiled with SKEP_WITH_PERF
 * @return 0 or a negative errno
 * @err{ENOENT, the object has no such ring: the hint names those it has}
 * @err{EBUSY, the object is loaded already: choose before skep_object_load()}
 * @err{EOPNOTSUPP, it was compiled for rings only: define SKEP_WITH_PERF in the BPF program}
 * @threads{one at a time per object}
 */
SKEP_API SKEP_MUST_USE int skep_perf_use(struct skep_object *object, const char *ring);

SKEP_END_DECLS

#endif
