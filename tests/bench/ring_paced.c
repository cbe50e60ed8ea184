/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * ring_paced [ROUNDS [MS [RATE]]]: a record every 10 us (100,000 a second), each by a run of the
 * program: what that costs the producer, what the reader, and how late records are read.
 */
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bpf/libbpf.h>
#include <skep/skep.h>

#include "ring_bench.h"

#define RING_BYTES (1u << 20)
#define LATENCIES  (4u << 20)

typedef SKEP_RING(struct event64) ring64;

enum {
	POLL,
	BUSY,
	BALANCED,
	THROUGHPUT,
	LATENCY,
	VARIANTS
};

static const char *const names[] = { "ring_buffer__poll", "ring_buffer__consume, busy",
				     "skep, balanced", "skep, throughput", "skep, latency" };

struct lane {
	struct ring_bench bench;
	ring64 ring;
	struct ring_buffer *stamped;
	atomic_bool stop;
	double ms, gap_ns;
	double call_ns, calls;
};

static double latencies[LATENCIES];
static uint32_t latency_count;

static void note_latency(const struct event64 *e)
{
	if (latency_count < LATENCIES)
		latencies[latency_count++] = bench_now_ns() - (double)e->words[0];
}

static int on_stamped(void *ctx, void *data, size_t bytes)
{
	(void)ctx;
	(void)bytes;
	note_latency(data);
	return 0;
}

static void *produce(void *arg)
{
	struct lane *lane = arg;
	double next, end;

	next = bench_now_ns();
	end = next + lane->ms * 1e6;
	for (double now = next; now < end; now = bench_now_ns()) {
		if (now < next)
			continue;
		ring_bench_produce(&lane->bench,
				   (struct produce){ .records = 1, .stamp = (uint64_t)now });
		lane->call_ns += bench_now_ns() - now;
		lane->calls++;
		next += lane->gap_ns;
	}
	atomic_store(&lane->stop, true);
	return NULL;
}

static void read_by_poll(struct lane *lane)
{
	while (!atomic_load(&lane->stop))
		ring_buffer__poll(lane->stamped, 20);
}

static void read_busy(struct lane *lane)
{
	while (!atomic_load(&lane->stop))
		ring_buffer__consume(lane->stamped);
}

static void read_ours(struct lane *lane)
{
	int err;

	while (!atomic_load(&lane->stop))
		skep_ring_foreach(lane->ring, e, 20, &err)
			note_latency(e);
}

static void open_lane(struct lane *lane, int variant)
{
	static const enum skep_wakeup wakeups[] = {
		[BALANCED] = SKEP_WAKEUP_BALANCED,
		[THROUGHPUT] = SKEP_WAKEUP_THROUGHPUT,
		[LATENCY] = SKEP_WAKEUP_LATENCY,
	};

	ring_bench_open(&lane->bench, 64, RING_BYTES);
	lane->stamped = ring_buffer__new(lane->bench.ring_fd, on_stamped, NULL, NULL);
	bench_need(lane->stamped, "libbpf's ring_buffer__new()");
	if (variant >= BALANCED &&
	    skep_ring_adopt_fd(&lane->ring, lane->bench.ring_fd,
			       SKEP_OPTS(skep_ring_opts, .wakeup = wakeups[variant])))
		exit(skep_perror("ring"));
}

struct measures {
	struct bench_series call_ns, cpu, p50_us, p99_us;
};

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void run(struct lane *lane, int variant, struct measures *m)
{
	double began, cpu_began, cpu;
	pthread_t writer;

	latency_count = 0;
	lane->call_ns = lane->calls = 0;
	atomic_store(&lane->stop, false);
	writer = bench_thread(WRITER_CPU, produce, lane);
	began = bench_now_ns();
	cpu_began = bench_thread_cpu_ns();
	if (variant == POLL)
		read_by_poll(lane);
	else if (variant == BUSY)
		read_busy(lane);
	else
		read_ours(lane);
	cpu = 100 * (bench_thread_cpu_ns() - cpu_began) / (bench_now_ns() - began);
	pthread_join(writer, NULL);
	bench_need(latency_count, "no record came");
	qsort(latencies, latency_count, sizeof(*latencies), compare);
	bench_add(&m->call_ns, lane->call_ns / lane->calls);
	bench_add(&m->cpu, cpu);
	bench_add(&m->p50_us, latencies[latency_count / 2] / 1e3);
	bench_add(&m->p99_us, latencies[(uint32_t)(latency_count * 0.99)] / 1e3);
}

static void report(struct measures m[VARIANTS])
{
	bench_ratio("paced/cpu/balanced", 4, &m[POLL].cpu, &m[BALANCED].cpu);
	bench_ratio("paced/producer/balanced", 10, &m[POLL].call_ns, &m[BALANCED].call_ns);
	bench_ratio("paced/cpu/throughput", 25, &m[POLL].cpu, &m[THROUGHPUT].cpu);
	bench_ratio("paced/producer/latency", 7, &m[BUSY].call_ns, &m[LATENCY].call_ns);
	bench_ratio("paced/p99/latency", 1 / 3.0, &m[BUSY].p99_us, &m[LATENCY].p99_us);
	for (int i = 0; i < VARIANTS; i++)
		bench_note("paced %-26s reader %5.1f %% of a CPU, producer %6.0f ns a record, "
			   "late by p50 %.1f us, p99 %.1f us",
			   names[i], bench_median(&m[i].cpu), bench_median(&m[i].call_ns),
			   bench_median(&m[i].p50_us), bench_median(&m[i].p99_us));
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 7;
	static struct measures measures[VARIANTS], warm;
	static struct lane lanes[VARIANTS];

	for (int i = 0; i < VARIANTS; i++) {
		open_lane(&lanes[i], i);
		lanes[i].ms = argc > 2 ? atof(argv[2]) : 300;
		lanes[i].gap_ns = 1e9 / (argc > 3 ? atof(argv[3]) : 100000);
	}
	bench_pin(READER_CPU);
	for (int round = -1; round < rounds; round++)
		for (int i = 0; i < VARIANTS; i++) {
			int variant = (i + round + VARIANTS) % VARIANTS;

			run(&lanes[variant], variant, round < 0 ? &warm : &measures[variant]);
		}
	report(measures);
	return 0;
}
