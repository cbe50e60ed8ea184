/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Records of several types in one ring, and such as no program should write. */
#include <skep/bpf/core.h>

#include "tagged.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF_TAGGED(events, union tagged_event, 4096);
SKEP_RINGBUF_TAGGED(others, union tagged_event, 4096);
SKEP_RINGBUF(plain, struct small_event, 4096);
SKEP_RINGBUF_TAGGED_SHARDS(shared, union tagged_event, 4096, 2);
SKEP_RINGBUF_TAGGED_PER_CPU(own, union tagged_event, 4096);
SKEP_RINGBUF_SHARDS(untagged, struct small_event, 4096, 2);
/* An array of maps that are no rings, declared with a type as rings are. */
struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
};
struct {
	struct inner (*type)[BPF_MAP_TYPE_ARRAY_OF_MAPS];
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
	__array(values, struct inner);
} nested SEC(".maps");

__u64 attempts[64];

/* args[0] is the tag; args[1] the number: what 7 divides is given up. */
SEC("raw_tp")
int emit(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 number = ctx->args[1];

	switch (ctx->args[0]) {
	case TAG_SMALL:
		__sync_fetch_and_add(&attempts[TAG_SMALL], 1);
		skep_emit_as(ctx, &events, TAG_SMALL, e) {
			if (!(number % 7))
				break;
			e->number = number;
		}
		break;
	case TAG_LARGE:
		__sync_fetch_and_add(&attempts[TAG_LARGE], 1);
		skep_emit_as(ctx, &events, TAG_LARGE, e) {
			e->number = number;
			if (!(number % 7))
				return 0;
			__builtin_memset(e->bytes, number, sizeof(e->bytes));
		}
		break;
	case TAG_LAST:
		__sync_fetch_and_add(&attempts[TAG_LAST], 1);
		skep_emit_as(ctx, &events, TAG_LAST, e) {
			e->number = number;
			e->twice = 2 * number;
			if (!(number % 7))
				goto out;
		}
		break;
	}
out:
	return 0;
}

/* One type in another's block. */
SEC("raw_tp")
int nest(struct bpf_raw_tracepoint_args *ctx)
{
	skep_emit_as(ctx, &others, TAG_LAST, outer) {
		outer->number = 1;
		outer->twice = 2;
		skep_emit_as(ctx, &others, TAG_SMALL, inner)
			inner->number = 3;
	}
	return 0;
}

/* Not skep's: args[0] are tag and what stands behind it, args[1] the record's size. */
SEC("raw_tp")
int emit_raw(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 record[36] = { ctx->args[0] };
	__u64 size = ctx->args[1];

	if (size > sizeof(record))
		size = sizeof(record);
	bpf_ringbuf_output(&events, record, size, 0);
	return 0;
}

/* To many rings; args as of emit. */
SEC("raw_tp")
int emit_many(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 number = ctx->args[1];

	if (ctx->args[0] == TAG_SMALL) {
		skep_emit_as(ctx, &shared, TAG_SMALL, e) {
			if (!(number % 7))
				break;
			e->number = number;
		}
		skep_emit_as(ctx, &own, TAG_SMALL, e)
			e->number = number;
	} else {
		skep_emit_as(ctx, &shared, TAG_LAST, e) {
			e->number = number;
			e->twice = 2 * number;
		}
	}
	return 0;
}
