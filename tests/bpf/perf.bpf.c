/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Rings that can be perf buffers: the same source for both. */
#ifdef WITH_VMLINUX
#include "vmlinux.h"
#endif
#define SKEP_WITH_PERF
#include <skep/bpf/core.h>

#include "perf.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF(events, struct perf_record, 1 << 16);
SKEP_RINGBUF(zeroed, struct perf_record, 1 << 16);
SKEP_RINGBUF_VAR(tails, struct perf_tail, TAIL_MOST, 1 << 16);

SKEP_RINGBUF_TAGGED(kinds, union perf_any, 1 << 16);

/* Somebody else's: written without skep. */
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
} stock SEC(".maps");

/* args: 1 to give it up; the number */
SEC("raw_tp")
int emit(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 number = ctx->args[1];

	skep_emit(ctx, &events, e) {
		if (ctx->args[0])
			return 1;
		__builtin_memset(e, 0xff, sizeof(*e));
		e->number = number;
		e->check = ~(__u32)number;
		e->cpu = bpf_get_smp_processor_id();
	}
	return 0;
}

SEC("raw_tp")
int emit_zeroed(struct bpf_raw_tracepoint_args *ctx)
{
	skep_emit_zeroed(ctx, &zeroed, e)
		e->number = ctx->args[1];
	return 0;
}

SEC("raw_tp")
int emit_tail(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 asked = ctx->args[0];

	skep_emit_var(ctx, &tails, e, asked) {
		e->bytes = asked;
		for (__u32 i = 0; i < TAIL_MOST; i++)
			e->tail[i] = (__u8)i;
	}
	return 0;
}

/* args: how many bytes of it; the number */
SEC("raw_tp")
int emit_stock(struct bpf_raw_tracepoint_args *ctx)
{
	struct perf_record record = { .number = ctx->args[1], .check = ~(__u32)ctx->args[1] };

	if (ctx->args[0])
		bpf_perf_event_output(ctx, &stock, BPF_F_CURRENT_CPU, &record, 16);
	else
		bpf_perf_event_output(ctx, &stock, BPF_F_CURRENT_CPU, &record, sizeof(record));
	return 0;
}

/* args: which type; the number, of which 7 divides what is given up. */
SEC("raw_tp")
int emit_kind(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 number = ctx->args[1];

	switch (ctx->args[0]) {
	case PERF_SMALL:
		skep_emit_as(ctx, &kinds, PERF_SMALL, e) {
			if (!(number % 7))
				break;
			e->number = number;
		}
		break;
	case PERF_EIGHT:
		skep_emit_as(ctx, &kinds, PERF_EIGHT, e) {
			if (!(number % 7))
				return 0;
			e->number = number;
		}
		break;
	case PERF_LARGE:
		skep_emit_as(ctx, &kinds, PERF_LARGE, e) {
			e->number = number;
			e->check = ~(__u32)number;
			e->more = 5;
		}
		break;
	case PERF_ODD:
		skep_emit_as(ctx, &kinds, PERF_ODD, e)
			__builtin_memset(e->bytes, 7, sizeof(e->bytes));
		break;
	}
	return 0;
}
