/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Every way to fill a record and to leave a block, run by BPF_PROG_TEST_RUN, so that tests know
 * exactly what happened. Arguments are those of a raw tracepoint.
 */
#ifdef WITH_VMLINUX
#include "vmlinux.h"
#endif
#include <skep/bpf/core.h>

#include "ring_records.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF(records, struct record, 4096);
SKEP_RINGBUF(bytes, struct byte_record, 4096);
SKEP_RINGBUF(large, struct large_record, 4096);
SKEP_RINGBUF(huge, struct huge_record, 1 << 20);
SKEP_RINGBUF(odd, struct odd_record, 1 << 14);
SKEP_RINGBUF(holed, struct holed_record, 4096);
SKEP_RINGBUF_VAR(vars, struct var_record, VAR_MOST, 1 << 16);

/* How often it was tried, whatever became of it: counted without skep. */
__u64 attempts;

#define FILL(e, seq_, way_)                                                                        \
	do {                                                                                       \
		(e)->seq = (seq_);                                                                 \
		(e)->way = (way_);                                                                 \
		(e)->check = (__u32)(seq_)*3 + (way_);                                             \
	} while (0)

SEC("raw_tp")
int leave(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 way = ctx->args[0];
	__u64 seq = ctx->args[1];

	__sync_fetch_and_add(&attempts, 1);
	skep_emit(ctx, &records, e) {
		FILL(e, seq, way);
		if (way == WAY_CONTINUE)
			continue;
		if (way == WAY_BREAK)
			break;
		if (way == WAY_RETURN)
			return RETURNED;
		if (way == WAY_GOTO)
			goto out;
	}
out:
	return 0;
}

SEC("raw_tp")
int nest(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 way = ctx->args[0];
	__u64 seq = ctx->args[1];

	skep_emit(ctx, &records, outer) {
		FILL(outer, OUTER + seq, way);
		skep_emit(ctx, &records, inner) {
			FILL(inner, seq, way);
			if (way == WAY_NESTED_BREAK_INNER)
				break;
			if (way == WAY_NESTED_RETURN_INNER)
				return RETURNED;
		}
	}
	return 0;
}

SEC("raw_tp")
int emit_byte(struct bpf_raw_tracepoint_args *ctx)
{
	skep_emit(ctx, &bytes, e)
		e->value = ctx->args[1];
	return 0;
}

SEC("raw_tp")
int emit_large(struct bpf_raw_tracepoint_args *ctx)
{
	skep_emit(ctx, &large, e) {
		e->seq = ctx->args[1];
		e->bytes[0] = ctx->args[1];
		e->bytes[sizeof(e->bytes) - 1] = ctx->args[1];
	}
	return 0;
}

SEC("raw_tp")
int emit_huge(struct bpf_raw_tracepoint_args *ctx)
{
	skep_emit(ctx, &huge, e) {
		e->seq = ctx->args[1];
		e->bytes[0] = ctx->args[1];
		e->bytes[sizeof(e->bytes) - 1] = ctx->args[1];
	}
	return 0;
}

/* Larger than what memset() makes stores of, and no multiple of 8. */
SEC("raw_tp")
int emit_odd_zeroed(struct bpf_raw_tracepoint_args *ctx)
{
	skep_emit_zeroed(ctx, &odd, e)
		e->seq = ctx->args[1];
	return 0;
}

SEC("raw_tp")
int emit_odd_dirty(struct bpf_raw_tracepoint_args *ctx)
{
	skep_emit(ctx, &odd, e)
		for (__u32 i = 0; i < sizeof(*e); i++)
			((volatile __u8 *)e)[i] = 0xff;
	return 0;
}

SEC("raw_tp")
int emit_dirty(struct bpf_raw_tracepoint_args *ctx)
{
	skep_emit(ctx, &holed, e)
		__builtin_memset(e, 0xff, sizeof(*e));
	return 0;
}

SEC("raw_tp")
int emit_zeroed(struct bpf_raw_tracepoint_args *ctx)
{
	skep_emit_zeroed(ctx, &holed, e)
		e->large = ctx->args[1];
	return 0;
}

/* args[0] bytes of tail are asked for; the tail's bytes count up from the sequence number. */
SEC("raw_tp")
int emit_var(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 asked = ctx->args[0];

	skep_emit_var(ctx, &vars, e, asked) {
		e->seq = ctx->args[1];
		e->asked = asked;
		e->zero = 0;
		for (__u32 i = 0; i < VAR_MOST; i++)
			e->tail[i] = (__u8)(ctx->args[1] + i);
	}
	return 0;
}

/* The length is what helpers return: a negative number when they failed. */
SEC("raw_tp")
int emit_var_signed(struct bpf_raw_tracepoint_args *ctx)
{
	long length = 0;

	skep_emit_var(ctx, &vars, e, length) {
		e->seq = ctx->args[1];
		e->asked = 0;
		e->zero = 0;
		e->tail[0] = 1;
		length = (long)ctx->args[0];
	}
	return 0;
}

SEC("raw_tp")
int leave_var(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 way = ctx->args[0];

	__sync_fetch_and_add(&attempts, 1);
	skep_emit_var(ctx, &vars, e, 8) {
		e->seq = ctx->args[1];
		e->asked = 8;
		e->zero = 0;
		__builtin_memset(e->tail, way, 8);
		if (way == WAY_CONTINUE)
			continue;
		if (way == WAY_BREAK)
			break;
		if (way == WAY_RETURN)
			return RETURNED;
		if (way == WAY_GOTO)
			goto out;
	}
out:
	return 0;
}

/* Five blocks in one another, one more than there are scratch records on a CPU. */
SEC("raw_tp")
int nest_var(struct bpf_raw_tracepoint_args *ctx)
{
	skep_emit_var(ctx, &vars, a, 0) {
		a->seq = 1;
		skep_emit_var(ctx, &vars, b, 0) {
			b->seq = 2;
			skep_emit_var(ctx, &vars, c, 0) {
				c->seq = 3;
				skep_emit_var(ctx, &vars, d, 0) {
					d->seq = 4;
					skep_emit_var(ctx, &vars, e, 0)
						e->seq = 5;
				}
			}
		}
	}
	return 0;
}

/* Not skep's: a record of any size, as another program on the same ring could write it. */
SEC("raw_tp")
int emit_raw(struct bpf_raw_tracepoint_args *ctx)
{
	__u8 record[256] = {};
	__u64 size = ctx->args[0];

	if (size > sizeof(record))
		size = sizeof(record);
	bpf_ringbuf_output(&records, record, size, 0);
	return 0;
}
