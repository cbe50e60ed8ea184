/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_RINGS_H
#define SKEP_BPF_RINGS_H
/**
 * @file bpf/rings.h
 * Many rings in the place of one: a ring for each processor, or some that processors share.
 *
 * @code{.c}
 * SKEP_RINGBUF_PER_CPU(events, struct exec_event, 1 << 20);
 *
 * skep_emit(ctx, &events, e)
 *         e->pid = skep_current_pid();
 * @endcode
 *
 * Processors that write to one ring wait for each other: its lock, and the memory behind it, go to
 * and fro. With a ring of its own a processor waits for nobody; it pays for a look into an array. In user space see skep_rings_open(), and skep_merge_new() for the order in time that
 * many rings do not have.
 *
 * It is an array of maps, whose rings skep_object_load() makes. Where another loader loads the
 * object, it puts them in; without, each record is counted as dropped. What is dropped and what is
 * discarded is counted for the whole.
 *
 * @kernel{5.8}
 */
#include <skep/bpf/ring.h>

/* More processors than a kernel has: so each has an entry of its own. Loaders make it smaller. */
#define SKEP_RINGS_PER_CPU_ 8192

/* T does not hang on the inner type: that is as for any ring. */
#define SKEP_RINGS_(name, T, bytes, count)                                                         \
	_Static_assert((bytes) >= 4096 && !((bytes) & ((bytes)-1)),                                \
		       "skep: a ring's size is a power of two of at least 4096");                  \
	struct name##__shard {                                                                     \
		int (*type)[BPF_MAP_TYPE_RINGBUF];                                                 \
		int (*max_entries)[bytes];                                                         \
	};                                                                                         \
	struct skep_ring_counts name##__counts SEC(".data.skep");                                  \
	struct {                                                                                   \
		T (*type)[BPF_MAP_TYPE_ARRAY_OF_MAPS];                                             \
		int (*max_entries)[count];                                                         \
		__type(key, __u32);                                                                \
		__type(value, __u32);                                                              \
		__array(values, struct name##__shard);                                             \
	} name SEC(".maps")

#define SKEP_SHARDS_ARE_FEW_(shards)                                                               \
	_Static_assert((shards) >= 1 && (shards) <= 4096, "skep: there are 1 to 4096 shards")

/**
 * `shards` rings of `bytes` each, for records of type T. A processor writes to the ring of its
 * number, modulo `shards`.
 */
#define SKEP_RINGBUF_SHARDS(name, T, bytes, shards)                                                \
	SKEP_SHARDS_ARE_FEW_(shards);                                                              \
	SKEP_RINGS_(name, T, bytes, shards)

/** A ring of `bytes` for each processor that the machine can have, for records of type T. */
#define SKEP_RINGBUF_PER_CPU(name, T, bytes) SKEP_RINGS_(name, T, bytes, SKEP_RINGS_PER_CPU_)

/** SKEP_RINGBUF_SHARDS() for records of variable length: see SKEP_RINGBUF_VAR(). */
#define SKEP_RINGBUF_VAR_SHARDS(name, T, max_tail, bytes, shards)                                  \
	SKEP_RING_SCRATCH_(name, T, max_tail);                                                     \
	SKEP_RINGBUF_SHARDS(name, T, bytes, shards)

/** SKEP_RINGBUF_PER_CPU() for records of variable length: see SKEP_RINGBUF_VAR(). */
#define SKEP_RINGBUF_VAR_PER_CPU(name, T, max_tail, bytes)                                         \
	SKEP_RING_SCRATCH_(name, T, max_tail);                                                     \
	SKEP_RINGBUF_PER_CPU(name, T, bytes)

/** SKEP_RINGBUF_SHARDS() for records of several types: see SKEP_RINGBUF_TAGGED(). */
#define SKEP_RINGBUF_TAGGED_SHARDS(name, U, bytes, shards)                                         \
	SKEP_TAGGED_TYPE_(name, U);                                                                \
	SKEP_RINGBUF_SHARDS(name, struct name##__tagged, bytes, shards)

/** SKEP_RINGBUF_PER_CPU() for records of several types: see SKEP_RINGBUF_TAGGED(). */
#define SKEP_RINGBUF_TAGGED_PER_CPU(name, U, bytes)                                                \
	SKEP_TAGGED_TYPE_(name, U);                                                                \
	SKEP_RINGBUF_PER_CPU(name, struct name##__tagged, bytes)

#endif
