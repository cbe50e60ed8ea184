/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * ring_curves [ROUNDS [MS]]: reading full rings, and rings that are written to as fast as can be, over
 * sizes of records (8 to 1,024 bytes) and over numbers of rings (1 to 8): libbpf's ring_buffer, and
 * skep. Nothing is asked of these: they are comments.
 */
#include <stdio.h>
#include <stdlib.h>

#include <bpf/libbpf.h>
#include <skep/skep.h>

#include "ring_bench.h"

#define FULL_BYTES (64u << 20) /* of all rings together, at most */
#define LIVE_BYTES (8u << 20)  /* of each */
#define RINGS_MOST 8

enum {
	LIBBPF,
	OURS,
	READERS
};

struct lane;

struct size {
	size_t bytes;
	void (*read)(struct lane *lane, int ms);
};

/* A reader's rings. Each has a program of its own that writes to it. */
struct lane {
	struct ring_bench benches[RINGS_MOST];
	struct ring_buffer *libbpf;
	struct skep_ring *readers[RINGS_MOST];
	struct skep_rings *rings;
	const struct size *size;
	int count, reader;
	double ms;
	atomic_bool stop;
	uint64_t sum, records, written;
};

#define DEFINE_READ(size_)                                                                         \
	static void read_##size_(struct lane *lane, int ms)                                        \
	{                                                                                          \
		SKEP_RINGS(struct event##size_) rings = { .rings = lane->rings };                  \
		uint64_t sum = 0, records = 0;                                                     \
		int err;                                                                           \
                                                                                                   \
		skep_rings_foreach(rings, e, ms, &err)                                             \
		{                                                                                  \
			sum += ring_bench_sum(e, size_);                                           \
			records++;                                                                 \
		}                                                                                  \
		lane->sum += sum;                                                                  \
		lane->records += records;                                                          \
	}

DEFINE_READ(8)
DEFINE_READ(16)
DEFINE_READ(32)
DEFINE_READ(64)
DEFINE_READ(128)
DEFINE_READ(256)
DEFINE_READ(512)
DEFINE_READ(1024)

static const struct size sizes[] = {
	{ 8, read_8 },     { 16, read_16 },   { 32, read_32 },   { 64, read_64 },
	{ 128, read_128 }, { 256, read_256 }, { 512, read_512 }, { 1024, read_1024 },
};

#define SIZE_64 (&sizes[3])

static void open_lane(struct lane *lane, int reader, const struct size *size, int count,
		      uint32_t bytes)
{
	*lane = (struct lane){ .size = size, .count = count, .reader = reader };
	for (int i = 0; i < count; i++) {
		struct ring_bench *b = &lane->benches[i];

		ring_bench_open(b, size->bytes, bytes);
		if (skep_ring_adopt_fd_raw(&lane->readers[i], b->ring_fd, size->bytes, NULL))
			exit(skep_perror("ring"));
		if (i)
			bench_need(!ring_buffer__add(lane->benches[0].libbpf, b->ring_fd,
						     ring_bench_take(size->bytes), b),
				   "ring_buffer__add()");
	}
	lane->libbpf = lane->benches[0].libbpf;
	if (skep_rings_of(&lane->rings, lane->readers, (unsigned int)count))
		exit(skep_perror("rings"));
}

static void close_lane(struct lane *lane)
{
	skep_rings_free(lane->rings);
	for (int i = 0; i < lane->count; i++) {
		skep_ring_free(lane->readers[i]);
		ring_bench_close(&lane->benches[i]);
	}
}

static void read_lane(struct lane *lane, int ms)
{
	if (lane->reader == OURS)
		lane->size->read(lane, ms);
	else if (ms)
		ring_buffer__poll(lane->libbpf, ms);
	else
		ring_buffer__consume(lane->libbpf);
}

static uint64_t count_read(struct lane *lane)
{
	uint64_t records = lane->records;

	lane->records = 0;
	for (int i = 0; i < lane->count; i++) {
		records += lane->benches[i].records;
		lane->benches[i].records = 0;
	}
	return records;
}

/* A power of two for each. */
static uint32_t full_bytes(int count)
{
	uint32_t bytes = FULL_BYTES;

	while (bytes * (uint64_t)count > FULL_BYTES)
		bytes /= 2;
	return bytes;
}

/* ns a record. */
static double drain(struct lane *lane)
{
	double began, took;
	uint64_t records;

	for (int i = 0; i < lane->count; i++)
		ring_bench_fill(&lane->benches[i]);
	count_read(lane);
	began = bench_now_ns();
	read_lane(lane, 0);
	took = bench_now_ns() - began;
	records = count_read(lane);
	bench_need(records, "records are missing");
	return took / (double)records;
}

static void *produce(void *arg)
{
	struct lane *lane = arg;
	double end = bench_now_ns() + lane->ms * 1e6;

	for (int i = 0; bench_now_ns() < end; i++)
		ring_bench_produce(&lane->benches[i % lane->count],
				   (struct produce){ .records = 1000 });
	atomic_store(&lane->stop, true);
	return NULL;
}

/* Millions of records a second that come through. */
static double live(struct lane *lane)
{
	pthread_t writer;
	double began, took;

	count_read(lane);
	atomic_store(&lane->stop, false);
	writer = bench_thread(WRITER_CPU, produce, lane);
	began = bench_now_ns();
	while (!atomic_load(&lane->stop))
		read_lane(lane, 20);
	took = bench_now_ns() - began;
	pthread_join(writer, NULL);
	return (double)count_read(lane) * 1e3 / took;
}

static void measure(const struct size *size, int count, int rounds, double ms)
{
	struct bench_series ns[READERS] = { { .count = 0 } }, rate[READERS] = { { .count = 0 } };
	static struct lane lanes[READERS];

	for (int pass = 0; pass < 2; pass++) {
		for (int i = 0; i < READERS; i++) {
			open_lane(&lanes[i], i, size, count, pass ? LIVE_BYTES : full_bytes(count));
			lanes[i].ms = ms;
		}
		for (int round = -1; round < rounds; round++)
			for (int i = 0; i < READERS; i++) {
				struct lane *lane = &lanes[(i + round + READERS) % READERS];
				double value = pass ? live(lane) : drain(lane);

				if (round >= 0)
					bench_add(pass ? &rate[lane->reader] : &ns[lane->reader],
						  value);
			}
		for (int i = 0; i < READERS; i++)
			close_lane(&lanes[i]);
	}
	bench_note("curve %4zu bytes, %d ring%s: full, ns a record: libbpf %.1f, skep %.1f; live, "
		   "M records/s: poll %.2f, skep %.2f",
		   size->bytes, count, count > 1 ? "s" : " ", bench_median(&ns[LIBBPF]),
		   bench_median(&ns[OURS]), bench_median(&rate[LIBBPF]), bench_median(&rate[OURS]));
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 5;
	double ms = argc > 2 ? atof(argv[2]) : 100;

	rounds = rounds > 5 ? 5 : rounds; /* a curve needs no more */
	bench_pin(READER_CPU);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		measure(&sizes[i], 1, rounds, ms);
	for (int count = 2; count <= RINGS_MOST; count++) /* of one it is known now */
		measure(SIZE_64, count, rounds, ms);
	return 0;
}
