/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "bench.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double read_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

double bench_now_ns(void)
{
	return read_ns(CLOCK_MONOTONIC);
}

double bench_thread_cpu_ns(void)
{
	return read_ns(CLOCK_THREAD_CPUTIME_ID);
}

void bench_need(bool fine, const char *what)
{
	if (fine)
		return;
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

void bench_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	bench_need(!sched_setaffinity(0, sizeof(set), &set), "cannot pin a thread to a CPU");
}

pthread_t bench_thread(int cpu, void *(*fn)(void *), void *arg)
{
	pthread_attr_t how;
	pthread_t thread;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	bench_need(!pthread_attr_init(&how) &&
			   !pthread_attr_setaffinity_np(&how, sizeof(set), &set) &&
			   !pthread_create(&thread, &how, fn, arg),
		   "cannot start a thread");
	pthread_attr_destroy(&how);
	return thread;
}

void bench_add(struct bench_series *series, double value)
{
	if (series->count < BENCH_ROUNDS_MOST)
		series->values[series->count++] = value;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double bench_median(const struct bench_series *series)
{
	struct bench_series copy = *series;
	double *v = copy.values;
	int n = copy.count;

	if (!n)
		return 0;
	qsort(v, (size_t)n, sizeof(*v), compare);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void print_values(const struct bench_series *series)
{
	for (int i = 0; i < series->count; i++)
		printf(" %.4g", series->values[i]);
}

void bench_ratio(const char *name, double asked, const struct bench_series *over,
		 const struct bench_series *under)
{
	printf("%s %.3g", name, asked);
	print_values(over);
	printf(" /");
	print_values(under);
	printf("\n");
}

void bench_note(const char *format, ...)
{
	va_list args;

	printf("# ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}
