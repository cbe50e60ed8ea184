/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Producers for the benchmarks of rings, run by BPF_PROG_TEST_RUN. */
#include <skep/bpf/core.h>

#include "ring_events.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF(events, struct event64, 64 << 20);

/* Straight to the helper: here the reader is measured, and the flags are the caller's. */
#define PRODUCER(bytes)                                                                            \
	static long write_##bytes(__u64 i, struct produce *p)                                      \
	{                                                                                          \
		struct event##bytes *e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);              \
                                                                                                   \
		if (!e) {                                                                          \
			p->dropped++;                                                              \
			return 0;                                                                  \
		}                                                                                  \
		e->words[0] = p->stamp ? p->stamp : i;                                             \
		bpf_ringbuf_submit(e, p->flags);                                                   \
		p->written++;                                                                      \
		return 0;                                                                          \
	}                                                                                          \
	SEC("syscall")                                                                             \
	int produce_##bytes(struct produce *ctx)                                                   \
	{                                                                                          \
		struct produce p = { .flags = ctx->flags, .stamp = ctx->stamp };                   \
                                                                                                   \
		bpf_loop(ctx->records, write_##bytes, &p, 0);                                      \
		ctx->written = p.written;                                                          \
		ctx->dropped = p.dropped;                                                          \
		return 0;                                                                          \
	}

PRODUCER(8)
PRODUCER(16)
PRODUCER(32)
PRODUCER(64)
PRODUCER(128)
PRODUCER(256)
PRODUCER(512)
PRODUCER(1024)
