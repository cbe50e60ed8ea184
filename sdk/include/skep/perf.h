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
 * array, also for one that was declared as such, by any program. It has a buffer of 256 KiB for
 * each processor, and one of 1 MiB, to which records are copied, once. The program pays for a
 * wake-up with each record. A record of a perf buffer has its length rounded up: for types with a
 * variable tail up to 7 bytes more than were written are told.
 */
#include <skep/ring.h>

SKEP_BEGIN_DECLS

/**
 * Makes an object use perf buffers in the place of a ring. Before load only. skep_object_load()
 * does it by itself where the kernel has no rings.
 *
 * @param object the object
 * @param ring   a ring of SKEP_RINGBUF() or SKEP_RINGBUF_VAR(), compiled with SKEP_WITH_PERF
 * @return 0 or a negative errno
 * @err{ENOENT, the object has no such ring: the hint names those it has}
 * @err{EBUSY, the object is loaded already: choose before skep_object_load()}
 * @err{EOPNOTSUPP, it was compiled for rings only: define SKEP_WITH_PERF in the BPF program}
 * @threads{one at a time per object}
 */
SKEP_API SKEP_MUST_USE int skep_perf_use(struct skep_object *object, const char *ring);

SKEP_END_DECLS

#endif
