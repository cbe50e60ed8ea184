/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * ring_drain [ROUNDS]: how long it takes to read a full ring of 64 MiB, for records of 8, 64 and 256
 * bytes: libbpf's ring_buffer__consume(), skep_ring_foreach(), a loop's callback, and the limit,
 * which is to sum the same memory. Every reader reads every word; once more with readers of the first
 * word alone, where the way from record to record is what counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <skep/skep.h>

#include "ring_bench.h"

#define RING_BYTES (64u << 20)

enum {
	LIMIT,
	LIBBPF,
	FOREACH,
	LOOP,
	LIBBPF_FIRST,
	FOREACH_FIRST,
	VARIANTS
};

static uint64_t sum, records;

typedef SKEP_RING(struct event8) ring8;
typedef SKEP_RING(struct event64) ring64;
typedef SKEP_RING(struct event256) ring256;

/* As in a tool: a typed handle, and the loop's body in place. */
#define DEFINE_FOREACH(bytes)                                                                      \
	static void foreach_##bytes(struct skep_ring *raw)                                         \
	{                                                                                          \
		ring##bytes ring = { .ring = raw };                                                \
		uint64_t total = 0, count = 0;                                                     \
		int err;                                                                           \
                                                                                                   \
		skep_ring_foreach(ring, e, 0, &err) {                                              \
			total += ring_bench_sum(e, bytes);                                         \
			count++;                                                                   \
		}                                                                                  \
		sum += total;                                                                      \
		records += count;                                                                  \
	}                                                                                          \
	static void first_##bytes(struct skep_ring *raw)                                           \
	{                                                                                          \
		ring##bytes ring = { .ring = raw };                                                \
		uint64_t total = 0, count = 0;                                                     \
		int err;                                                                           \
                                                                                                   \
		skep_ring_foreach(ring, e, 0, &err) {                                              \
			total += e->words[0];                                                      \
			count++;                                                                   \
		}                                                                                  \
		sum += total;                                                                      \
		records += count;                                                                  \
	}                                                                                          \
	static int on_##bytes(const void *record, size_t size, void *ctx)                          \
	{                                                                                          \
		(void)size;                                                                        \
		(void)ctx;                                                                         \
		sum += ring_bench_sum(record, bytes);                                              \
		records++;                                                                         \
		return 0;                                                                          \
	}

DEFINE_FOREACH(8)
DEFINE_FOREACH(64)
DEFINE_FOREACH(256)

static int take_first(void *ctx, void *data, size_t bytes)
{
	struct ring_bench *b = ctx;

	(void)bytes;
	b->sum += *(const uint64_t *)data;
	b->records++;
	return 0;
}

struct size {
	size_t bytes;
	void (*each)(struct skep_ring *ring);
	void (*first)(struct skep_ring *ring);
	skep_record_fn on;
	double over_libbpf, over_limit; /* asked */
};

static const struct size sizes[] = {
	{ 8, foreach_8, first_8, on_8, 2.5, 1 / 1.45 },
	{ 64, foreach_64, first_64, on_64, 1.6, 1 / 1.3 },
	{ 256, foreach_256, first_256, on_256, 1.8, 1 / 1.3 },
};

/* The ring's memory, read once from end to end. */
static void sum_memory(const uint64_t *memory)
{
	uint64_t sums[8] = { 0 };

	for (size_t i = 0; i < RING_BYTES / 8; i += 8)
		for (size_t k = 0; k < 8; k++)
			sums[k] += memory[i + k];
	for (size_t k = 0; k < 8; k++)
		sum += sums[k];
}

/* Each variant has a ring of its own, since readers keep their place, and a mapping warmed up. */
struct lane {
	struct ring_bench bench;
	struct skep_ring *ring;
	struct skep_loop *loop;
};

static void open_lane(struct lane *lane, const struct size *size, int variant)
{
	ring_bench_open(&lane->bench, size->bytes, RING_BYTES);
	if (variant == LIBBPF_FIRST) {
		ring_buffer__free(lane->bench.libbpf);
		lane->bench.libbpf =
			ring_buffer__new(lane->bench.ring_fd, take_first, &lane->bench, NULL);
		bench_need(lane->bench.libbpf, "libbpf's ring_buffer__new()");
	}
	if (skep_ring_adopt_fd_raw(&lane->ring, lane->bench.ring_fd, size->bytes, NULL) ||
	    skep_loop_new(&lane->loop, NULL) ||
	    skep_loop_add_ring(lane->loop, lane->ring, size->on, NULL))
		exit(skep_perror("ring"));
}

static void close_lane(struct lane *lane)
{
	skep_loop_free(lane->loop);
	skep_ring_free(lane->ring);
	ring_bench_close(&lane->bench);
}

static double run(int variant, struct lane *lane, const struct size *size, const uint64_t *memory)
{
	double began, took;

	ring_bench_fill(&lane->bench);
	records = lane->bench.records = 0;
	began = bench_now_ns();
	if (variant == LIMIT)
		sum_memory(memory);
	else if (variant == LIBBPF || variant == LIBBPF_FIRST)
		ring_buffer__consume(lane->bench.libbpf);
	else if (variant == FOREACH)
		size->each(lane->ring);
	else if (variant == FOREACH_FIRST)
		size->first(lane->ring);
	else
		bench_need(!skep_loop_drain(lane->loop), "skep_loop_drain()");
	took = bench_now_ns() - began;
	if (variant == LIMIT)
		size->each(lane->ring);
	records += lane->bench.records;
	bench_need(records > RING_BYTES / (size->bytes + 15), "records are missing");
	return took / (double)records;
}

static void measure(const struct size *size, int rounds)
{
	struct bench_series ns[VARIANTS] = { { .count = 0 } };
	struct lane lanes[VARIANTS];
	const uint64_t *memory;
	char name[64];

	for (int i = 0; i < VARIANTS; i++)
		open_lane(&lanes[i], size, i);
	memory = mmap(NULL, 4096 + 2 * (size_t)RING_BYTES, PROT_READ, MAP_SHARED | MAP_POPULATE,
		      lanes[LIMIT].bench.ring_fd, 4096);
	bench_need(memory != MAP_FAILED, "mapping the ring");
	bench_pin(READER_CPU);
	for (int round = -2; round < rounds; round++)
		for (int i = 0; i < VARIANTS; i++) {
			int variant = (i + round + VARIANTS) % VARIANTS;
			double took = run(variant, &lanes[variant], size, memory + 512);

			if (round >= 0)
				bench_add(&ns[variant], took);
		}
	snprintf(name, sizeof(name), "drain/%zu/libbpf", size->bytes);
	bench_ratio(name, size->over_libbpf, &ns[LIBBPF], &ns[FOREACH]);
	snprintf(name, sizeof(name), "drain/%zu/limit", size->bytes);
	bench_ratio(name, size->over_limit, &ns[LIMIT], &ns[FOREACH]);
	snprintf(name, sizeof(name), "drain/%zu/callback", size->bytes);
	bench_ratio(name, 1, &ns[LIBBPF], &ns[LOOP]);
	snprintf(name, sizeof(name), "drain/%zu/first", size->bytes);
	bench_ratio(name, size->over_libbpf, &ns[LIBBPF_FIRST], &ns[FOREACH_FIRST]);
	bench_note(
		"drain %zu bytes, ns a record: limit %.2f, libbpf %.2f, foreach %.2f, callback %.2f; "
		"first word only: libbpf %.2f, foreach %.2f",
		size->bytes, bench_median(&ns[LIMIT]), bench_median(&ns[LIBBPF]),
		bench_median(&ns[FOREACH]), bench_median(&ns[LOOP]),
		bench_median(&ns[LIBBPF_FIRST]), bench_median(&ns[FOREACH_FIRST]));
	munmap((void *)(uintptr_t)memory, 4096 + 2 * (size_t)RING_BYTES);
	for (int i = 0; i < VARIANTS; i++)
		close_lane(&lanes[i]);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 11;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		measure(&sizes[i], rounds);
	return 0;
}
