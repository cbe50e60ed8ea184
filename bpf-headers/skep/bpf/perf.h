/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_PERF_H
#define SKEP_BPF_PERF_H
/**
 * @file bpf/perf.h
 * Rings that can be loaded as perf buffers too, from one source: for kernels before 5.8, or by
 * choice. Included by bpf/ring.h where SKEP_WITH_PERF is defined.
 *
 * @code{.c}
 * #define SKEP_WITH_PERF
 * #include <skep/bpf/core.h>
 *
 * struct opened { __u32 pid; };
 * SKEP_RINGBUF(files, struct opened, 1 << 20);
 *
 * SEC("raw_tp/sys_enter")
 * int on_enter(void *ctx)
 * {
 *         skep_emit(ctx, &files, e)
 *                 e->pid = skep_current_pid();
 *         return 0;
 * }
 * @endcode
 *
 * Nothing else changes: skep_emit(), skep_emit_zeroed(), skep_emit_var() and skep_emit_as() write to
 * what the loader chose by a constant, and the kernel removes the other way. `ctx` is the program's context
 * now. It costs a per-CPU map for each ring: a record of a perf buffer is written there first, and
 * copied. Not for SKEP_RINGBUF_SHARDS() and SKEP_RINGBUF_PER_CPU(): perf buffers are one for each
 * processor already.
 *
 * skep_object_load() chooses perf buffers where the kernel has no rings, and skep_perf_use() by
 * name. Other loaders get rings. Perf buffers are older than the variables of a program, which
 * came with 5.2.
 *
 * @kernel{5.8, for rings}
 */
#include <skep/bpf/ring.h>

#define SKEP_PERF_SWITCH_(name) const volatile __u32 name##__perf SEC(".rodata.skep") = 0

/* As SKEP_RING_SCRATCH_(), with the record's very size, which readers take from it. */
#define SKEP_PERF_SCRATCH_(name, T)                                                                \
	struct name##__record {                                                                    \
		__u64 busy;                                                                        \
		unsigned char bytes_[sizeof(T)];                                                   \
	} __attribute__((packed));                                                                 \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);                                           \
		__uint(max_entries, SKEP_NESTING_);                                                \
		__type(key, __u32);                                                                \
		__type(value, struct name##__record);                                              \
	} name##__scratch SEC(".maps")

#undef SKEP_RINGBUF
/** As in bpf/ring.h, and with all that perf buffers need. */
#define SKEP_RINGBUF(name, T, bytes)                                                               \
	SKEP_PERF_SWITCH_(name);                                                                   \
	SKEP_PERF_SCRATCH_(name, T);                                                               \
	SKEP_RING_ONE_(name, T, bytes)

#undef SKEP_RINGBUF_VAR
/** As in bpf/ring.h, and with all that perf buffers need. */
#define SKEP_RINGBUF_VAR(name, T, max_tail, bytes)                                                 \
	SKEP_PERF_SWITCH_(name);                                                                   \
	SKEP_RING_SCRATCH_(name, T, max_tail);                                                     \
	SKEP_RING_ONE_(name, T, bytes)

SKEP_INLINE_ void skep_emit_perf_(struct skep_emit_ *s, void *ctx, void *map, __u64 bytes)
{
	if (bpf_perf_event_output(ctx, map, BPF_F_CURRENT_CPU, s->record, bytes))
		__sync_fetch_and_add(&s->counts->dropped, 1);
	skep_scratch_release_(s->busy);
	s->record = 0;
}

SKEP_INLINE_ void skep_emit_either_(struct skep_emit_ *s, void *ctx, void *map, __u64 bytes)
{
	if (s->busy)
		skep_emit_perf_(s, ctx, map, bytes);
	else
		skep_emit_submit_(s);
}

SKEP_INLINE_ void skep_emit_neither_(struct skep_emit_ *s)
{
	if (s->busy)
		skep_emit_forget_(s);
	else
		skep_emit_discard_(s);
}

SKEP_INLINE_ struct skep_emit_ skep_emit_zero_(struct skep_emit_ s, __u64 bytes)
{
	if (s.record)
		skep_zero_(s.record, bytes);
	return s;
}

SKEP_INLINE_ void skep_emit_output_either_(struct skep_emit_ *s, __u32 perf, void *ctx, void *map,
					   __u64 head, __u64 tail, __u64 max)
{
	__u64 room = max - head;

	if (!perf) {
		skep_emit_output_(s, map, head, tail, max);
		return;
	}
	if ((__s64)tail < 0)
		tail = 0;
	/* The compiler may not reason about it, so that the verifier can. */
	asm volatile("" : "+r"(tail));
	if (tail > room)
		tail = room;
	skep_emit_perf_(s, ctx, map, head + tail);
}

#define SKEP_IS_PERF_(ring) (*(ring##__perf))

#undef skep_emit
/**
 * As in bpf/ring.h, to what the loader chose.
 *
 * @param ctx  the program's context
 * @param ring `&name`
 * @param e    the pointer's name inside the block
 */
#define skep_emit(ctx, ring, e)                                                                    \
	SKEP_EMIT_(ring, e,                                                                        \
		   (SKEP_CHECK_RING_(ring),                                                        \
		    SKEP_IS_PERF_(ring) ? SKEP_SCRATCH_(ring##__scratch, ring##__counts)           \
					: skep_emit_reserve_((ring), sizeof((*(ring)->type)[0]),   \
							     ring##__counts)),                     \
		   skep_emit_neither_,                                                             \
		   skep_emit_either_(&skep_slot_##e, (ctx), (ring), sizeof((*(ring)->type)[0])))

#undef skep_emit_zeroed
/** skep_emit() with the record zeroed first. */
#define skep_emit_zeroed(ctx, ring, e)                                                             \
	SKEP_EMIT_(ring, e,                                                                        \
		   (SKEP_CHECK_RING_(ring),                                                        \
		    SKEP_IS_PERF_(ring)                                                            \
			    ? skep_emit_zero_(SKEP_SCRATCH_(ring##__scratch, ring##__counts),      \
					      sizeof((*(ring)->type)[0]))                          \
			    : skep_emit_reserve_zeroed_((ring), sizeof((*(ring)->type)[0]),        \
							ring##__counts)),                          \
		   skep_emit_neither_,                                                             \
		   skep_emit_either_(&skep_slot_##e, (ctx), (ring), sizeof((*(ring)->type)[0])))

#undef skep_emit_var
/** As in bpf/ring.h, to what the loader chose. */
#define skep_emit_var(ctx, ring, e, tail)                                                          \
	SKEP_EMIT_(ring, e,                                                                        \
		   (SKEP_CHECK_RING_(ring), SKEP_SCRATCH_(ring##__scratch, ring##__counts)),       \
		   skep_emit_forget_,                                                              \
		   skep_emit_output_either_(&skep_slot_##e, SKEP_IS_PERF_(ring), (ctx), (ring),    \
					    sizeof((*(ring)->type)[0]), (tail),                    \
					    SKEP_RECORD_BYTES_(ring##__scratch)))

#define SKEP_TAGGED_BYTES_(ring, tag_)                                                             \
	(sizeof(struct skep_tag) + sizeof(SKEP_TAG_TYPE_(ring, tag_)))

/* A tagged record that is being written, either way; `to.record` is its tag. */
struct skep_emit_as_either_ {
	struct skep_emit_ to;
	struct skep_ring_counts *of_type;
};

SKEP_INLINE_ struct skep_emit_as_either_ skep_emit_as_begin_(struct skep_emit_ s, __u32 tag,
							     struct skep_ring_counts *types)
{
	struct skep_tag *head = s.record;

	if (head) {
		head->tag = tag;
		head->zero = 0;
	} else {
		__sync_fetch_and_add(&types[tag].dropped, 1);
	}
	return (struct skep_emit_as_either_){ s, &types[tag] };
}

SKEP_INLINE_ void skep_emit_as_end_(struct skep_emit_as_either_ *s, void *ctx, void *map,
				    __u64 bytes)
{
	if (!s->to.busy) {
		skep_emit_submit_(&s->to);
		return;
	}
	if (bpf_perf_event_output(ctx, map, BPF_F_CURRENT_CPU, s->to.record, bytes)) {
		__sync_fetch_and_add(&s->to.counts->dropped, 1);
		__sync_fetch_and_add(&s->of_type->dropped, 1);
	}
	skep_scratch_release_(s->to.busy);
	s->to.record = 0;
}

SKEP_INLINE_ void skep_emit_as_neither_(struct skep_emit_as_either_ *s)
{
	if (!s->to.record)
		return;
	skep_emit_neither_(&s->to);
	__sync_fetch_and_add(&s->of_type->discarded, 1);
}

#undef skep_emit_as
/** As in bpf/ring.h, to what the loader chose. */
#define skep_emit_as(ctx, ring, tag_, e)                                                           \
	for (struct skep_emit_as_either_ skep_slot_##e                                             \
	     __attribute__((cleanup(skep_emit_as_neither_))) =                                     \
		     (SKEP_CHECK_RING_(ring), SKEP_CHECK_TAG_(tag_), SKEP_NOTE_TAG_(ring, tag_),   \
		      skep_emit_as_begin_(                                                         \
			      SKEP_IS_PERF_(ring)                                                  \
				      ? SKEP_SCRATCH_(ring##__scratch, ring##__counts)             \
				      : skep_emit_reserve_((ring), SKEP_TAGGED_BYTES_(ring, tag_), \
							   ring##__counts),                        \
			      (tag_), *ring##__types));                                            \
	     skep_slot_##e.to.record; skep_emit_as_neither_(&skep_slot_##e))                       \
		for (SKEP_TAG_TYPE_(ring, tag_) *e =                                               \
			     skep_slot_##e.to.record + sizeof(struct skep_tag);                    \
		     e; skep_emit_as_end_(&skep_slot_##e, (ctx), (ring),                           \
					  SKEP_TAGGED_BYTES_(ring, tag_)),                         \
						e = 0)

#endif
