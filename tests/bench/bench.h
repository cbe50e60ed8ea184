/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What benchmarks share: clocks, pinning, and the lines that scripts/bench prints. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define BENCH_ROUNDS_MOST 64

/* One variant's measures, one a round. */
struct bench_series {
	const char *name;
	double values[BENCH_ROUNDS_MOST];
	int count;
};

double bench_now_ns(void);
double bench_thread_cpu_ns(void); /* of the calling thread */
void bench_pin(int cpu);          /* the calling thread; exits where it cannot */

/* A thread that begins on its CPU: where its maker spins with real-time priority, it could not
 * get there by itself. */
pthread_t bench_thread(int cpu, void *(*fn)(void *), void *arg);

void bench_add(struct bench_series *series, double value);
double bench_median(const struct bench_series *series);

/* A line for scripts/bench, which makes of it the ratio `over`/`under`, round by round. */
void bench_ratio(const char *name, double asked, const struct bench_series *over,
		 const struct bench_series *under);

/* A comment: absolute numbers. */
void bench_note(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));

/* For what must not fail here: a line on standard error, and exit 1. */
void bench_need(bool fine, const char *what);

#endif
