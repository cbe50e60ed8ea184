/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_RING_H
#define SKEP_BPF_RING_H
/**
 * @file bpf/ring.h
 * Records for user space, through a ring buffer, typed, and never lost without a count.
 *
 * @code{.c}
 * SKEP_RINGBUF(events, struct exec_event, 1 << 20);
 *
 * skep_emit(ctx, &events, e) {
 *         e->pid = skep_current_pid();
 *         skep_current_comm(e->comm);
 * }
 * @endcode
 *
 * Falling off the end of the block, or `continue`, submits the record. Leaving it by `return`,
 * `break` or `goto` discards it, and counts that. When the ring is full the block is skipped,
 * and that is counted too: skep_ring_stats() has both numbers, and the success path pays for
 * neither.
 *
 * The record is *not* zeroed: assign every member, or use skep_emit_zeroed(). What is left
 * holds what an older record left there.
 *
 * @kernel{5.8}
 */
#include <skep/bpf/base.h>

#define SKEP_RING_ONE_(name, T, bytes)                                                             \
	_Static_assert((bytes) >= 4096 && !((bytes) & ((bytes)-1)),                                \
		       "skep: a ring's size is a power of two of at least 4096");                  \
	struct skep_ring_counts name##__counts SEC(".data.skep");                                  \
	struct {                                                                                   \
		T (*type)[BPF_MAP_TYPE_RINGBUF];                                                   \
		int (*max_entries)[bytes];                                                         \
	} name SEC(".maps")

/**
 * A ring of `bytes` (a power of two, and a multiple of the page size) for records of type T.
 * The type is in the map's BTF, so that readers know it.
 */
#define SKEP_RINGBUF(name, T, bytes) SKEP_RING_ONE_(name, T, bytes)

/* How many programs can be inside skep_emit_var() on one CPU: task, softirq, hardirq, NMI. */
#define SKEP_NESTING_ 4

/* Where records of variable length are written before they are copied out. */
#define SKEP_RING_SCRATCH_(name, T, max_tail)                                                      \
	struct name##__record {                                                                    \
		__u64 busy;                                                                        \
		unsigned char bytes_[sizeof(T) + (max_tail)] __attribute__((aligned(8)));          \
	};                                                                                         \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);                                           \
		__uint(max_entries, SKEP_NESTING_);                                                \
		__type(key, __u32);                                                                \
		__type(value, struct name##__record);                                              \
	} name##__scratch SEC(".maps")

/**
 * A ring for records of variable length: T ends in a flexible array, of which a record fills
 * at most `max_tail` bytes. sizeof(T) + max_tail is at most 32,752.
 */
#define SKEP_RINGBUF_VAR(name, T, max_tail, bytes)                                                 \
	SKEP_RING_SCRATCH_(name, T, max_tail);                                                     \
	SKEP_RING_ONE_(name, T, bytes)

/* What was declared, a constant: one ring, or an array of them (rings.h), and of how many. */
#define SKEP_RING_KIND_(ring) (sizeof(*(ring)->type) / sizeof((*(ring)->type)[0]))
#define SKEP_RING_SIZE_(ring) (sizeof(*(ring)->max_entries) / sizeof((*(ring)->max_entries)[0]))

/* The ring of this CPU; NULL where nobody put one there. */
SKEP_INLINE_ void *skep_ring_of_cpu_(void *rings, __u32 count)
{
	__u32 i = bpf_get_smp_processor_id() % count;

	return bpf_map_lookup_elem(rings, &i);
}

/* The ring to write to: chosen at compile time for one, by the CPU for many. */
#define SKEP_RING_(ring)                                                                           \
	__builtin_choose_expr(SKEP_RING_KIND_(ring) == BPF_MAP_TYPE_ARRAY_OF_MAPS,                 \
			      skep_ring_of_cpu_((ring), SKEP_RING_SIZE_(ring)), (void *)(ring))

/* A record that is being written. */
struct skep_emit_ {
	void *record;
	struct skep_ring_counts *counts;
	__u64 *busy; /* of the scratch record; NULL for a reserved one */
};

SKEP_INLINE_ struct skep_emit_ skep_emit_reserve_(void *ring, __u64 bytes,
						  struct skep_ring_counts *counts)
{
	struct skep_emit_ s = { .counts = counts };

	if (ring)
		s.record = bpf_ringbuf_reserve(ring, bytes, 0);
	if (!s.record)
		__sync_fetch_and_add(&counts->dropped, 1);
	return s;
}

/* What memset() makes stores of; beyond it, clang would call a function that BPF does not have. */
#define SKEP_MEMSET_MOST_ 1024

SKEP_INLINE_ void skep_zero_(volatile __u64 *words, __u64 bytes)
{
	for (__u64 i = 0; i < bytes / 8; i++)
		words[i] = 0;
	for (__u64 i = bytes / 8 * 8; i < bytes; i++)
		((volatile unsigned char *)words)[i] = 0;
}

SKEP_INLINE_ struct skep_emit_ skep_emit_reserve_zeroed_(void *ring, __u64 bytes,
							 struct skep_ring_counts *counts)
{
	struct skep_emit_ s = skep_emit_reserve_(ring, bytes, counts);
	/* Records lie on 8 bytes, which the compiler cannot know: it would store each byte alone. */
	__u64 *words = __builtin_assume_aligned(s.record, 8);

	if (words && bytes <= SKEP_MEMSET_MOST_)
		__builtin_memset(words, 0, bytes);
	else if (words)
		skep_zero_(words, bytes);
	return s;
}

SKEP_INLINE_ void skep_emit_submit_(struct skep_emit_ *s)
{
	bpf_ringbuf_submit(s->record, 0);
	s->record = 0;
}

/* Runs however the block is left; finds a record only where it was not submitted. */
SKEP_INLINE_ void skep_emit_discard_(struct skep_emit_ *s)
{
	if (!s->record)
		return;
	bpf_ringbuf_discard(s->record, 0);
	s->record = 0;
	__sync_fetch_and_add(&s->counts->discarded, 1);
}

/* A record with a tag before it, that is being written; `head` is the tag. */
struct skep_emit_as_ {
	void *head;
	struct skep_ring_counts *counts, *of_type;
};

SKEP_INLINE_ struct skep_emit_as_ skep_emit_as_reserve_(void *ring, __u64 bytes, __u32 tag,
							struct skep_ring_counts *counts,
							struct skep_ring_counts *types)
{
	struct skep_tag *head = ring ? bpf_ringbuf_reserve(ring, sizeof(*head) + bytes, 0) : NULL;

	if (head) {
		head->tag = tag;
		head->zero = 0;
	} else {
		__sync_fetch_and_add(&counts->dropped, 1);
		__sync_fetch_and_add(&types[tag].dropped, 1);
	}
	return (struct skep_emit_as_){ head, counts, &types[tag] };
}

SKEP_INLINE_ void skep_emit_as_submit_(struct skep_emit_as_ *s)
{
	bpf_ringbuf_submit(s->head, 0);
	s->head = 0;
}

SKEP_INLINE_ void skep_emit_as_discard_(struct skep_emit_as_ *s)
{
	if (!s->head)
		return;
	bpf_ringbuf_discard(s->head, 0);
	s->head = 0;
	__sync_fetch_and_add(&s->counts->discarded, 1);
	__sync_fetch_and_add(&s->of_type->discarded, 1);
}

/* Nothing, or a compile error where `ring` was not declared as one. */
#define SKEP_CHECK_RING_(ring)                                                                     \
	SKEP_REQUIRE_(SKEP_IS_POINTER_(ring), "skep: pass a ring's address, such as &events"),     \
		SKEP_REQUIRE_(SKEP_RING_KIND_(ring) == BPF_MAP_TYPE_RINGBUF ||                     \
				      SKEP_RING_KIND_(ring) == BPF_MAP_TYPE_ARRAY_OF_MAPS,         \
			      "skep: this is not a ring of SKEP_RINGBUF()")

/*
 * Two loops, each run once: the inner declares the user's variable and submits at its end, the
 * outer sees to what `break` left. The name of the counters is pasted to the ring's: `ring`
 * must be `&name`, as written in SKEP_RINGBUF().
 */
#define SKEP_EMIT_(ring, e, begin, discard, submit)                                                \
	for (struct skep_emit_ skep_slot_##e __attribute__((cleanup(discard))) = begin;            \
	     skep_slot_##e.record; discard(&skep_slot_##e))                                        \
		for (typeof((*(ring)->type)[0]) *e = skep_slot_##e.record; e; submit, e = 0)

/**
 * A block that fills one record `e` of the ring and submits it; see the top of this file.
 *
 * @param ctx  the program's context, for rings that turn out to be perf buffers
 * @param ring `&name`
 * @param e    the pointer's name inside the block
 */
#define skep_emit(ctx, ring, e)                                                                    \
	SKEP_EMIT_(ring, e,                                                                        \
		   ((void)(ctx), SKEP_CHECK_RING_(ring),                                           \
		    skep_emit_reserve_(SKEP_RING_(ring), sizeof((*(ring)->type)[0]),               \
				       ring##__counts)),                                           \
		   skep_emit_discard_, skep_emit_submit_(&skep_slot_##e))

/** skep_emit() with the record zeroed first. */
#define skep_emit_zeroed(ctx, ring, e)                                                             \
	SKEP_EMIT_(ring, e,                                                                        \
		   ((void)(ctx), SKEP_CHECK_RING_(ring),                                           \
		    skep_emit_reserve_zeroed_(SKEP_RING_(ring), sizeof((*(ring)->type)[0]),        \
					      ring##__counts)),                                    \
		   skep_emit_discard_, skep_emit_submit_(&skep_slot_##e))

/*
 * Claims a scratch record of this CPU. A flag each, not a depth: programs that can be preempted
 * do not finish in reverse order. Where the BPF CPU has atomic exchange (v3, Linux 5.12) the
 * claim is exact; without, only a task that preempts between two instructions could share it.
 */
SKEP_INLINE_ int skep_scratch_claim_(__u64 *busy)
{
#ifdef SKEP_BPF_CPU_V3
	return !__sync_lock_test_and_set(busy, 1);
#else
	if (*(volatile __u64 *)busy)
		return 0;
	*(volatile __u64 *)busy = 1;
	return 1;
#endif
}

SKEP_INLINE_ void skep_scratch_release_(__u64 *busy)
{
	*(volatile __u64 *)busy = 0;
}

#define SKEP_SCRATCH_(scratch, counts_)                                                            \
	({                                                                                         \
		struct skep_emit_ skep_s_ = { .counts = (counts_) };                               \
		_Pragma("unroll") for (__u32 skep_i_ = 0; skep_i_ < SKEP_NESTING_; skep_i_++)      \
		{                                                                                  \
			__u32 skep_key_ = skep_i_;                                                 \
			typeof((scratch)->value) skep_v_ =                                         \
				bpf_map_lookup_elem((scratch), &skep_key_);                        \
			if (skep_v_ && skep_scratch_claim_((void *)skep_v_)) {                     \
				skep_s_.record = skep_v_->bytes_;                                  \
				skep_s_.busy = (void *)skep_v_; /* its first member */             \
				break;                                                             \
			}                                                                          \
		}                                                                                  \
		if (!skep_s_.record)                                                               \
			__sync_fetch_and_add(&skep_s_.counts->dropped, 1);                         \
		skep_s_;                                                                           \
	})

SKEP_INLINE_ void skep_emit_output_(struct skep_emit_ *s, void *ring, __u64 head, __u64 tail,
				    __u64 max)
{
	__u64 room = max - head;

	if ((__s64)tail < 0)
		tail = 0;
	/* The compiler may not reason about it, so that the verifier can. */
	asm volatile("" : "+r"(tail));
	if (tail > room)
		tail = room;
	if (!ring || bpf_ringbuf_output(ring, s->record, head + tail, 0))
		__sync_fetch_and_add(&s->counts->dropped, 1);
	skep_scratch_release_(s->busy);
	s->record = 0;
}

SKEP_INLINE_ void skep_emit_forget_(struct skep_emit_ *s)
{
	if (!s->record)
		return;
	skep_scratch_release_(s->busy);
	s->record = 0;
	__sync_fetch_and_add(&s->counts->discarded, 1);
}

#define SKEP_RECORD_BYTES_(scratch) sizeof(((typeof((scratch)->value))0)->bytes_)

/**
 * skep_emit() for a ring of SKEP_RINGBUF_VAR(): `tail` is an expression, evaluated when the
 * block ends, that says how many bytes of the flexible array are filled. More than the ring's
 * `max_tail` are cut there; a negative number, as helpers return on failure, is none.
 *
 * The record is written in a per-CPU scratch and copied into the ring, since the kernel
 * reserves constant sizes only.
 */
#define skep_emit_var(ctx, ring, e, tail)                                                          \
	SKEP_EMIT_(ring, e,                                                                        \
		   ((void)(ctx), SKEP_CHECK_RING_(ring),                                           \
		    SKEP_SCRATCH_(ring##__scratch, ring##__counts)),                               \
		   skep_emit_forget_,                                                              \
		   skep_emit_output_(&skep_slot_##e, SKEP_RING_(ring), sizeof((*(ring)->type)[0]), \
				     (tail), SKEP_RECORD_BYTES_(ring##__scratch)))

/**
 * A ring of `bytes` for several types of records. U is a union of them, in the header that both
 * sides share, whose members have the names of the tags: enumerators below SKEP_TAGS_MOST.
 *
 * @code{.c}
 * enum file_tag { FILE_OPENED, FILE_CLOSED };
 * struct opened { int fd; };
 * struct closed { int fd; long bytes; };
 * union file_event {
 *         struct opened FILE_OPENED;
 *         struct closed FILE_CLOSED;
 * };
 *
 * SKEP_RINGBUF_TAGGED(files, union file_event, 1 << 20);
 *
 * skep_emit_as(ctx, &files, FILE_OPENED, e)
 *         e->fd = 3;
 * @endcode
 *
 * A record has the size of its own type, and 8 bytes for the tag. What does not fit and what is
 * discarded is counted for the ring, and for each type: skep_ring_type_stats().
 */
#define SKEP_RINGBUF_TAGGED(name, U, bytes)                                                        \
	SKEP_TAGGED_TYPE_(name, U);                                                                \
	SKEP_RINGBUF(name, struct name##__tagged, bytes)

/* What its records are, and what is counted of each type. */
#define SKEP_TAGGED_TYPE_(name, U)                                                                 \
	_Static_assert(__alignof__(U) <= 8, "skep: records are aligned to 8 bytes");               \
	struct skep_ring_counts name##__types[SKEP_TAGS_MOST] SEC(".data.skep");                   \
	struct name##__tagged {                                                                    \
		struct skep_tag tag;                                                               \
		U record;                                                                          \
	} __attribute__((packed))

#define SKEP_TAG_TYPE_(ring, tag_) typeof((*(ring)->type)[0].record.tag_)

/* Nothing, or a compile error for a tag that has no counters. */
#define SKEP_CHECK_TAG_(tag_)                                                                      \
	((void)sizeof(struct {                                                                     \
		_Static_assert((tag_) >= 0 && (tag_) < SKEP_TAGS_MOST, "skep: a tag is below 64"); \
		int x_;                                                                            \
	}))

/*
 * A tag's number, for readers that have only the object: clang leaves enumerators out of BTF. A
 * variable that nobody uses, whose type says it: `U (*TAG)[TAG + 1]`.
 */
#define SKEP_NOTE_TAG_(ring, tag_)                                                                 \
	({                                                                                         \
		static struct {                                                                    \
			typeof((*(ring)->type)[0].record) (*tag_)[(tag_) + 1];                     \
		} skep_tag_ SEC(".data.skep");                                                     \
		(void)0;                                                                           \
	})

/* As SKEP_EMIT_(), but what is submitted begins before what is shown. */
#define SKEP_EMIT_AS_(ring, tag_, e, begin)                                                        \
	for (struct skep_emit_as_ skep_slot_##e                                                    \
	     __attribute__((cleanup(skep_emit_as_discard_))) = begin;                              \
	     skep_slot_##e.head; skep_emit_as_discard_(&skep_slot_##e))                            \
		for (SKEP_TAG_TYPE_(ring, tag_) *e = skep_slot_##e.head + sizeof(struct skep_tag); \
		     e; skep_emit_as_submit_(&skep_slot_##e), e = 0)

/**
 * skep_emit() for a ring of SKEP_RINGBUF_TAGGED(): `e` points to the type of the tag.
 *
 * @param ctx  the program's context
 * @param ring `&name`
 * @param tag_ a member of the ring's union, and an enumerator of the same name
 * @param e    the pointer's name inside the block
 */
#define skep_emit_as(ctx, ring, tag_, e)                                                           \
	SKEP_EMIT_AS_(ring, tag_, e,                                                               \
		      ((void)(ctx), SKEP_CHECK_RING_(ring), SKEP_CHECK_TAG_(tag_),                 \
		       SKEP_NOTE_TAG_(ring, tag_),                                                 \
		       skep_emit_as_reserve_(SKEP_RING_(ring), sizeof(SKEP_TAG_TYPE_(ring, tag_)), \
					     (tag_), ring##__counts, *ring##__types)))

#ifdef SKEP_WITH_PERF
#include <skep/bpf/perf.h>
#endif

#endif
