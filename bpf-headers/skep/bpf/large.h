/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_LARGE_H
#define SKEP_BPF_LARGE_H
/**
 * @file bpf/large.h
 * Records of up to 16 MiB, whose length is known when the program runs.
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/large.h>
 *
 * struct blob { __u32 pid; char bytes[]; };
 * SKEP_RINGBUF_LARGE(blobs, struct blob, 1 << 20, 1 << 22);
 *
 * SEC("raw_tp/sys_enter")
 * int on_enter(struct bpf_raw_tracepoint_args *ctx)
 * {
 *         const void *from = (const void *)(long)ctx->args[0];
 *         __s64 bytes = ctx->args[1];
 *
 *         skep_emit_large(ctx, &blobs, e, bytes) {
 *                 e->pid = bpf_get_current_pid_tgid() >> 32;
 *                 if (skep_large_read_user(e, 0, from, skep_large_room(e)))
 *                         break;                         // discarded, and counted
 *         }
 *         return 0;
 * }
 * @endcode
 *
 * skep_emit_var() has records of up to 32,752 bytes, and writes each twice. These are reserved in
 * the ring with their own length, and their tail is read into it in place. In user space nothing is
 * different: skep_ring_next_sized() has the record and its length.
 *
 * What does not fit is counted as dropped, what the block leaves early as discarded. A part of the
 * tail that nobody wrote holds what an older record left there.
 *
 * Where the kernel has no dynptrs the verifier refuses the program: skep_object_load() is EOPNOTSUPP
 * then, and says so; leave the program out with skep_program_enable(). A vmlinux.h that is used with
 * it must be of 5.19 or newer.
 *
 * @kernel{5.19}
 */
#include <skep/bpf/ring.h>

/** The longest record, with its tail: a dynptr has no more. Walked in pieces of 64 KiB. */
#define SKEP_LARGE_MOST ((1 << 24) - 1)

/**
 * A ring of `bytes` for records of run-time length: T ends in a flexible array, of which a record
 * fills at most `max_tail` bytes. Readers drop no record that fits: give the ring room for several.
 */
#define SKEP_RINGBUF_LARGE(name, T, max_tail, bytes)                                               \
	_Static_assert((max_tail) >= 0 && sizeof(T) + (max_tail) <= SKEP_LARGE_MOST,               \
		       "skep: a large record is shorter than 16 MiB");                             \
	_Static_assert(sizeof(T) + (max_tail) + 8 <= (bytes),                                      \
		       "skep: the longest record does not fit into the ring");                     \
	char(*name##__longest)[sizeof(T) + (max_tail)] SEC(".data.skep");                          \
	SKEP_RING_ONE_(name, T, bytes)

#define SKEP_LARGE_PIECE_ 65536

/* A large record that is being written. */
struct skep_emit_large_ {
	struct bpf_dynptr *to;
	void *head; /* in place; NULL: there is none, or not any more */
	__u64 head_bytes, room, most_room;
	struct skep_ring_counts *counts;
};

SKEP_INLINE_ struct skep_emit_large_ skep_large_reserve_(struct bpf_dynptr *to, void *ring,
							 __u64 head, __s64 tail, __u64 most,
							 struct skep_ring_counts *counts)
{
	struct skep_emit_large_ s = {
		.to = to, .head_bytes = head, .most_room = most - head, .counts = counts
	};

	if (tail < 0)
		tail = 0;
	s.room = tail > (__s64)s.most_room ? s.most_room : tail;
	if (!bpf_ringbuf_reserve_dynptr(ring, head + s.room, 0, to))
		s.head = bpf_dynptr_data(to, 0, head);
	if (s.head)
		return s;
	/* The verifier wants it given back also where there was no room. */
	bpf_ringbuf_discard_dynptr(to, 0);
	__sync_fetch_and_add(&counts->dropped, 1);
	return s;
}

SKEP_INLINE_ void skep_large_submit_(struct skep_emit_large_ *s)
{
	bpf_ringbuf_submit_dynptr(s->to, 0);
	s->head = 0;
}

SKEP_INLINE_ void skep_large_discard_(struct skep_emit_large_ *s)
{
	if (!s->head)
		return;
	bpf_ringbuf_discard_dynptr(s->to, 0);
	s->head = 0;
	__sync_fetch_and_add(&s->counts->discarded, 1);
}

/* Slices have constant sizes only: as many whole pieces as there are, then each half once. */
SKEP_INLINE_ long skep_large_read_(struct skep_emit_large_ *s, __u64 at, const void *from,
				   __u64 bytes, long (*read)(void *to, __u32 bytes, const void *))
{
	__u64 done = 0;
	void *slice;
	long err;

	if (at > s->room || bytes > s->room - at)
		return -7; /* E2BIG */
	at += s->head_bytes;
#pragma clang loop unroll(disable)
	for (__u64 i = 0; i < s->most_room / SKEP_LARGE_PIECE_ && bytes - done >= SKEP_LARGE_PIECE_;
	     i++) {
		slice = bpf_dynptr_data(s->to, at + done, SKEP_LARGE_PIECE_);
		if (!slice)
			return -7;
		err = read(slice, SKEP_LARGE_PIECE_, from + done);
		if (err)
			return err;
		done += SKEP_LARGE_PIECE_;
	}
#pragma clang loop unroll(full)
	for (__u32 half = SKEP_LARGE_PIECE_ / 2; half; half /= 2) {
		if (!((bytes - done) & half))
			continue;
		slice = bpf_dynptr_data(s->to, at + done, half);
		if (!slice)
			return -7;
		err = read(slice, half, from + done);
		if (err)
			return err;
		done += half;
	}
	return 0;
}

SKEP_INLINE_ long skep_large_write_(struct skep_emit_large_ *s, __u64 at, const void *from,
				    __u32 bytes)
{
	if (at > s->room)
		return -7;
	return bpf_dynptr_write(s->to, s->head_bytes + at, (void *)from, bytes, 0);
}

/* `bytes` is a constant when it is inlined. */
SKEP_INLINE_ void *skep_large_at_(struct skep_emit_large_ *s, __u64 at, __u32 bytes)
{
	return at > s->room ? NULL : bpf_dynptr_data(s->to, s->head_bytes + at, bytes);
}

SKEP_INLINE_ long skep_read_user_(void *to, __u32 bytes, const void *from)
{
	return bpf_probe_read_user(to, bytes, from);
}

SKEP_INLINE_ long skep_read_kernel_(void *to, __u32 bytes, const void *from)
{
	/* The kernel has ERANGE, too, for what is no address of its own. */
	return bpf_probe_read_kernel(to, bytes, from) ? -14 : 0;
}

/**
 * A block that fills one record `e` of a ring of SKEP_RINGBUF_LARGE(), with a tail of `tail` bytes,
 * and submits it: as skep_emit(). `tail` is evaluated before the block. More than the ring's
 * `max_tail` are cut there; a negative number is none.
 *
 * @param ctx  the program's context
 * @param ring `&name`
 * @param e    the name of the pointer to T inside the block; the tail is written by the calls below
 * @param tail how many bytes it is to have
 */
#define skep_emit_large(ctx, ring, e, tail)                                                        \
	for (struct bpf_dynptr skep_to_##e, *skep_once_##e = &skep_to_##e; skep_once_##e;          \
	     skep_once_##e = 0)                                                                    \
		for (struct skep_emit_large_ skep_slot_##e                                         \
		     __attribute__((cleanup(skep_large_discard_))) =                               \
			     ((void)(ctx), SKEP_CHECK_LARGE_(ring),                                \
			      skep_large_reserve_(&skep_to_##e, (ring),                            \
						  sizeof((*(ring)->type)[0]), (tail),              \
						  sizeof(**(ring##__longest)), ring##__counts));   \
		     skep_slot_##e.head; skep_large_discard_(&skep_slot_##e))                      \
			for (typeof((*(ring)->type)[0]) *e = skep_slot_##e.head; e;                \
			     skep_large_submit_(&skep_slot_##e), e = 0)

#define SKEP_CHECK_LARGE_(ring)                                                                    \
	SKEP_REQUIRE_(SKEP_RING_KIND_(ring) == BPF_MAP_TYPE_RINGBUF,                               \
		      "skep: this is not a ring of SKEP_RINGBUF_LARGE()")

/** How many bytes the tail of `e` has room for: what was asked for, cut to the ring's most. */
#define skep_large_room(e) (skep_slot_##e.room)

/**
 * Reads `bytes` bytes of user memory into the tail of `e`, from its byte `at` on. 0; -E2BIG where it
 * has no room for them; -EFAULT where the memory is not there, and what was read so far stays.
 */
#define skep_large_read_user(e, at, from, bytes)                                                   \
	skep_large_read_(&skep_slot_##e, (at), (from), (bytes), skep_read_user_)

/** As skep_large_read_user(), from the kernel's memory. */
#define skep_large_read_kernel(e, at, from, bytes)                                                 \
	skep_large_read_(&skep_slot_##e, (at), (from), (bytes), skep_read_kernel_)

/**
 * Writes `bytes` bytes of the program's own memory, which the verifier must see the bounds of, into
 * the tail of `e`. 0, or -E2BIG.
 */
#define skep_large_write(e, at, from, bytes)                                                       \
	skep_large_write_(&skep_slot_##e, (at), (from), (bytes))

/** `bytes` bytes of the tail in place, a constant; NULL where it has no room for them. */
#define skep_large_at(e, at, bytes) skep_large_at_(&skep_slot_##e, (at), (bytes))

#endif
