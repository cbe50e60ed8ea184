/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Writes to many rings: to the processor's own, to shared ones, and to those that a test names. */
#ifdef WITH_VMLINUX
#include "vmlinux.h"
#endif
#include <skep/bpf/core.h>

#include "shards.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF_PER_CPU(own, struct shard_event, 1 << 18);
SKEP_RINGBUF_SHARDS(shared, struct shard_event, 1 << 14, 2);
SKEP_RINGBUF_VAR_PER_CPU(tails, struct shard_tail, 64, 4096);
SKEP_RINGBUF_VAR_SHARDS(two_tails, struct shard_tail, 64, 4096, 2);
SKEP_RINGBUF_SHARDS(chosen, struct shard_event, 1 << 18, SHARDS);

__u64 attempts;
__u64 given_up;

#define FILL(e, number_)                                                                           \
	do {                                                                                       \
		(e)->time = bpf_ktime_get_ns();                                                    \
		(e)->number = (number_);                                                           \
		(e)->cpu = bpf_get_smp_processor_id();                                             \
		(e)->check = ~(__u32)(number_);                                                    \
	} while (0)

static long write_own(__u64 i, struct shard_order *order)
{
	__u64 number = order->first + i;

	__sync_fetch_and_add(&attempts, 1);
	skep_emit(order, &own, e) {
		if (!(number % SHARD_GIVE_UP)) {
			__sync_fetch_and_add(&given_up, 1);
			break;
		}
		FILL(e, number);
	}
	return 0;
}

static long write_shared(__u64 i, struct shard_order *order)
{
	skep_emit_zeroed(order, &shared, e)
		FILL(e, order->first + i);
	return 0;
}

/* A record of `chosen[ring]`, whichever processor this is. */
static long write_chosen(__u64 i, struct shard_order *order)
{
	__u32 index = order->ring;
	void *ring = bpf_map_lookup_elem(&chosen, &index);
	struct shard_event *e = ring ? bpf_ringbuf_reserve(ring, sizeof(*e), 0) : NULL;

	if (!e) {
		__sync_fetch_and_add(&chosen__counts.dropped, 1);
		return 0;
	}
	FILL(e, order->first + i);
	bpf_ringbuf_submit(e, 0);
	return 0;
}

SEC("syscall")
int run_own(struct shard_order *ctx)
{
	struct shard_order order = *ctx;

	bpf_loop(order.count, write_own, &order, 0);
	return 0;
}

SEC("syscall")
int run_shared(struct shard_order *ctx)
{
	struct shard_order order = *ctx;

	bpf_loop(order.count, write_shared, &order, 0);
	return 0;
}

SEC("syscall")
int run_chosen(struct shard_order *ctx)
{
	struct shard_order order = *ctx;

	bpf_loop(order.count, write_chosen, &order, 0);
	return 0;
}

SEC("raw_tp")
int run_tails(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 asked = ctx->args[0];

	skep_emit_var(ctx, &tails, e, asked) {
		e->bytes = asked;
		e->cpu = bpf_get_smp_processor_id();
		for (__u32 i = 0; i < 64; i++)
			e->tail[i] = (__u8)i;
	}
	skep_emit_var(ctx, &two_tails, e, asked) {
		e->bytes = asked;
		e->cpu = bpf_get_smp_processor_id();
	}
	return 0;
}
