/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the benchmarks of rings share: the object, and who writes. */
#ifndef BENCH_RING_BENCH_H
#define BENCH_RING_BENCH_H

#include <pthread.h>
#include <stdatomic.h>

#include <bpf/libbpf.h>

#include "bench.h"
#include "producer.skep.h"

#define READER_CPU 0
#define WRITER_CPU 1

struct ring_bench {
	struct producer *app;
	size_t bytes; /* of a record */
	size_t ring_bytes;
	int program_fd;
	int ring_fd;
	uint64_t sum; /* so that reading is not left out */
	uint64_t records;
	uint64_t *consumer; /* of the ring, mapped */
	const uint64_t *producer;
	struct ring_buffer *libbpf; /* adds to sum and records */
};

void ring_bench_open(struct ring_bench *b, size_t record_bytes, size_t ring_bytes);
void ring_bench_close(struct ring_bench *b);

/* What b->libbpf calls for a record of this size. */
ring_buffer_sample_fn ring_bench_take(size_t record_bytes);

/* Writes on WRITER_CPU; returns what became of it. */
struct produce ring_bench_produce(const struct ring_bench *b, struct produce how);

/* Fills the ring from WRITER_CPU, waking nobody. */
void ring_bench_fill(const struct ring_bench *b);

/* Throws away what is in the ring: whoever reads it otherwise must not be at it. */
void ring_bench_forget(const struct ring_bench *b);

/* The sum of all words of a record of `bytes`, which is known where it is inlined. */
static inline uint64_t ring_bench_sum(const void *record, size_t bytes)
{
	const uint64_t *words = record;
	uint64_t sum = 0;

	for (size_t i = 0; i < bytes / 8; i++)
		sum += words[i];
	return sum;
}

#endif
