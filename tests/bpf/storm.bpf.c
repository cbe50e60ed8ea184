/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Writes as fast as it can, and counts without skep what it tried. */
#include <skep/bpf/core.h>

#include "storm.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF(events, struct storm_event, 1 << 18);

__u64 attempts;
__u64 given_up;

static long write_one(__u64 i, struct storm_order *order)
{
	__u64 number = order->first + i;

	__sync_fetch_and_add(&attempts, 1);
	skep_emit(order, &events, e) {
		if (!(number % STORM_GIVE_UP)) {
			__sync_fetch_and_add(&given_up, 1);
			break;
		}
		e->number = number;
		e->check = ~number;
	}
	return 0;
}

SEC("syscall")
int storm(struct storm_order *ctx)
{
	struct storm_order order = { .first = ctx->first, .count = ctx->count };

	bpf_loop(order.count, write_one, &order, 0);
	return 0;
}
