/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * log_bench [ROUNDS]: what a message costs the program that writes it, in ns, by
 * BPF_PROG_TEST_RUN: the run with it less one without. A thread on another processor takes the
 * records meanwhile, with skep's reader of rings: as fast as it can, so that none is dropped, or
 * asleep in between. And what it costs to make text of them.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include <bpf/bpf.h>
#include <skep/skep.h>

#include "bench.h"
#include "log.skep.h"

#define REPEAT     50000
#define ASKED      60.0 /* ns */
#define RING_BYTES (8u << 20)

static struct log *app;
static atomic_bool stopped;
static uint64_t messages;

static void *drain(void *reader)
{
	const void *record;
	size_t bytes;

	while (!atomic_load(&stopped))
		(void)!skep_ring_next_raw(reader, &record, &bytes, 1);
	return NULL;
}

static double run_once(const struct skep_program *program)
{
	char packet[64] = "";
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet),
		    .repeat = REPEAT);

	bench_need(!bpf_prog_test_run_opts(skep_program_fd(program), &opts), "test run");
	return opts.duration;
}

enum {
	OFF,
	NUMBERS,
	LETTERS,
	TEXT,
	KINDS
};

static void measure(int rounds, struct bench_series *costs, struct bench_series *asked)
{
	const struct skep_program *programs[KINDS] = { log_program_off(app),
						       log_program_numbers(app),
						       log_program_letters(app),
						       log_program_text(app) };

	for (int i = 0; i <= rounds; i++) {
		double base = run_once(log_program_empty(app));

		for (int k = 0; k < KINDS; k++) {
			double cost = run_once(programs[k]) - base;

			/* A clock of whole nanoseconds: less than one is shown as one. The first
			 * round warms up. */
			if (i)
				bench_add(&costs[k], cost > 1 ? cost : 1);
		}
		if (i)
			bench_add(asked, ASKED);
	}
}

static void count(const struct skep_bpf_message *message, void *ctx)
{
	(void)message;
	(void)ctx;
	messages++;
}

/* Has the programs write all; to be read by somebody else. */
static void start_writing(void)
{
	const struct skep_bpf_log_opts opts = { .sz = sizeof(opts), .unlimited = true };
	struct skep_bpf_log *log = NULL;

	bench_need(!skep_bpf_log_open(&log, log_object(app), &opts), "a reader");
	skep_bpf_log_free(log);
	bench_need(!skep_object_set_log_level(log_object(app), SKEP_LOG_INFO), "the level");
}

/* How long it takes to make text of what is in the ring. */
static double measure_text(void)
{
	const struct skep_bpf_log_opts opts = { .sz = sizeof(opts),
						.unlimited = true,
						.fn = count };
	struct skep_bpf_log *log = NULL;
	double start;

	bench_need(!skep_bpf_log_open(&log, log_object(app), &opts), "a reader");
	run_once(log_program_numbers(app));
	start = bench_now_ns();
	while (skep_bpf_log_read(log, 0) > 0)
		;
	start = bench_now_ns() - start;
	skep_bpf_log_free(log);
	return start / (double)messages;
}

int main(int argc, char **argv)
{
	const struct skep_ring_opts ring = { .sz = sizeof(ring), .any_size = true };
	const struct skep_bpf_log_opts opts = { .sz = sizeof(opts),
						.unlimited = true,
						.fn = count };
	struct bench_series costs[KINDS] = { { .name = "off" } }, asked = { .name = "asked" };
	struct skep_ring_stats stats;
	struct skep_ring *reader = NULL;
	int rounds = argc > 1 ? atoi(argv[1]) : 11;
	pthread_t thread;

	bench_need(!log_open(&app, NULL) && !log_resize_skep_log(app, RING_BYTES) && !log_load(app),
		   "the object");
	start_writing();
	bench_need(!skep_ring_open_raw(&reader, log_object(app), "skep_log", 0, &ring), "a ring");
	bench_pin(0);
	thread = bench_thread(1, drain, reader);
	measure(rounds, costs, &asked);
	atomic_store(&stopped, true);
	pthread_join(thread, NULL);
	skep_ring_stats(reader, &stats);
	skep_ring_free(reader);
	bench_ratio("log/numbers", 1, &asked, &costs[NUMBERS]);
	bench_ratio("log/letters", 1, &asked, &costs[LETTERS]);
	bench_note(
		"log: ns an event: off %.0f, two numbers %.0f, an array of 64 letters %.0f, a text "
		"of 35 by skep_str() %.0f; %llu of %llu dropped",
		bench_median(&costs[OFF]), bench_median(&costs[NUMBERS]),
		bench_median(&costs[LETTERS]), bench_median(&costs[TEXT]),
		(unsigned long long)stats.dropped,
		(unsigned long long)(stats.dropped + stats.consumed));
	bench_note("log: ns to make its text: %.0f", measure_text());
	log_free(app);
	return 0;
}
