/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * ring_live [ROUNDS [MS]]: a producer of 64-byte records, as fast as it can, on one CPU, and a reader
 * on another, with a ring of 8 MiB: how many records come through, and what the reader costs.
 */
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <bpf/libbpf.h>
#include <skep/skep.h>

#include "ring_bench.h"

#define RING_BYTES (8u << 20)
#define AT_ONCE    20000 /* records in one run of the program */
#define NAP_NS     100000

typedef SKEP_RING(struct event64) ring64;

enum {
	NOBODY,
	POLL,
	NAP,
	OURS,
	VARIANTS
};

static const char *const names[] = { "nobody reads", "ring_buffer__poll",
				     "ring_buffer__consume, nap", "skep" };

struct lane {
	struct ring_bench bench;
	ring64 ring;
	atomic_bool stop;
	double ms;
	uint64_t written, dropped, read;
};

static void *produce(void *arg)
{
	struct lane *lane = arg;
	double end;

	end = bench_now_ns() + lane->ms * 1e6;
	while (bench_now_ns() < end) {
		struct produce p =
			ring_bench_produce(&lane->bench, (struct produce){ .records = AT_ONCE });

		lane->written += p.written;
		lane->dropped += p.dropped;
	}
	atomic_store(&lane->stop, true);
	return NULL;
}

static void nap(long ns)
{
	nanosleep(&(struct timespec){ 0, ns }, NULL);
}

/* The limit: what the producer can write when all of it is thrown away. */
static void read_nothing(struct lane *lane)
{
	while (!atomic_load(&lane->stop)) {
		nap(1000000);
		ring_bench_forget(&lane->bench);
	}
	ring_bench_forget(&lane->bench);
}

static void read_by_poll(struct lane *lane)
{
	while (!atomic_load(&lane->stop))
		ring_buffer__poll(lane->bench.libbpf, 20);
}

static void read_by_nap(struct lane *lane)
{
	while (!atomic_load(&lane->stop)) {
		uint64_t before = lane->bench.records;

		ring_buffer__consume(lane->bench.libbpf);
		if ((lane->bench.records - before) * 72 < RING_BYTES / 8)
			nap(NAP_NS);
	}
}

static void read_ours(struct lane *lane)
{
	uint64_t sum = 0, records = 0;
	int err;

	while (!atomic_load(&lane->stop))
		skep_ring_foreach(lane->ring, e, 20, &err) {
			sum += ring_bench_sum(e, sizeof(*e));
			records++;
		}
	lane->bench.sum += sum;
	lane->bench.records += records;
}

static void (*const readers[])(struct lane *lane) = { read_nothing, read_by_poll, read_by_nap,
						      read_ours };

static void run(struct lane *lane, int variant, double *rate, double *cpu)
{
	double began, cpu_began, took;
	pthread_t writer;

	lane->bench.records = lane->written = lane->dropped = 0;
	atomic_store(&lane->stop, false);
	writer = bench_thread(WRITER_CPU, produce, lane);
	began = bench_now_ns();
	cpu_began = bench_thread_cpu_ns();
	readers[variant](lane);
	*cpu = bench_thread_cpu_ns() - cpu_began;
	took = bench_now_ns() - began;
	pthread_join(writer, NULL);
	if (variant == NOBODY)
		lane->bench.records = lane->written;
	*rate = (double)lane->bench.records / took * 1e3; /* millions a second */
	*cpu /= (double)lane->bench.records;
	/* What is left in the ring is not the next round's. */
	ring_bench_produce(&lane->bench, (struct produce){ .records = 1 });
	ring_buffer__consume(lane->bench.libbpf);
}

static void open_lane(struct lane *lane, int variant, double ms)
{
	ring_bench_open(&lane->bench, 64, RING_BYTES);
	lane->ms = ms;
	if (variant == OURS && skep_ring_adopt_fd(&lane->ring, lane->bench.ring_fd, NULL))
		exit(skep_perror("ring"));
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 9;
	double ms = argc > 2 ? atof(argv[2]) : 300;
	struct bench_series rate[VARIANTS] = { { .count = 0 } }, cpu[VARIANTS] = { { .count = 0 } };
	static struct lane lanes[VARIANTS];

	for (int i = 0; i < VARIANTS; i++)
		open_lane(&lanes[i], i, ms);
	bench_pin(READER_CPU);
	for (int round = -1; round < rounds; round++)
		for (int i = 0; i < VARIANTS; i++) {
			int variant = (i + round + VARIANTS) % VARIANTS;
			double r, c;

			run(&lanes[variant], variant, &r, &c);
			if (round < 0)
				continue;
			bench_add(&rate[variant], r);
			bench_add(&cpu[variant], c);
		}
	bench_ratio("live/rate/poll", 8, &rate[OURS], &rate[POLL]);
	bench_ratio("live/rate/limit", 0.9, &rate[OURS], &rate[NOBODY]);
	bench_ratio("live/rate/nap", 1.2, &rate[OURS], &rate[NAP]);
	bench_ratio("live/cpu/nap", 1.5, &cpu[NAP], &cpu[OURS]);
	for (int i = 0; i < VARIANTS; i++)
		bench_note("live %-26s %6.2f M records/s, reader %6.1f ns of CPU a record",
			   names[i], bench_median(&rate[i]), bench_median(&cpu[i]));
	return 0;
}
