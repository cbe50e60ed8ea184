// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* How long a run of a program takes. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <skep/object.h>
#include <skep/testing.h>

#include "base/opts.h"
#include "testing/options.h"
#include "testing/packet/build.h"

#define ROUNDS      11
#define ROUNDS_MOST 1000
#define ROUND_NS    10e6
#define TRY_RUNS    100 /* to learn how many runs a round has */
#define RUNS_MOST   100000000
#define CALLS_MOST  10000 /* where each run is a system call */

struct bench {
	const struct skep_program *program;
	const struct skep_test_bench_opts *opts;
	bool with_call;
	int32_t retval;
	uint32_t duration_ns; /* as the kernel counts it */
};

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int call(struct bench *b, uint32_t repeat)
{
	const struct skep_packet *packet = SKEP_OPT(b->opts, packet);
	struct skep_test_result result;
	int err;

	if (packet)
		err = skep_test_packet(&result, b->program, packet,
				       SKEP_OPTS(skep_test_packet_opts, .repeat = repeat,
						 .ctx = SKEP_OPT(b->opts, ctx)));
	else
		err = skep_test_run(&result, b->program,
				    SKEP_OPTS(skep_test_run_opts, .repeat = repeat,
					      .ctx = SKEP_OPT(b->opts, args),
					      .ctx_bytes = SKEP_OPT(b->opts, args_bytes)));
	if (!err) {
		b->retval = result.retval;
		b->duration_ns = result.duration_ns;
	}
	return err;
}

/*
 * One round: nanoseconds of a run. By the kernel's own clock, since making a program fit to be run as
 * XDP and taking that back costs up to 20 ms. A signal ends a system call, and the round begins anew.
 */
static int measure(struct bench *b, uint32_t runs, double *ns)
{
	int64_t start;
	int err = 0;

	do {
		start = now_ns();
		if (b->with_call)
			for (uint32_t i = 0; !err && i < runs; i++)
				err = call(b, 0);
		else
			err = call(b, runs);
	} while (err == -EINTR);
	if (!err)
		*ns = b->with_call ? (double)(now_ns() - start) / runs : b->duration_ns;
	return err;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int measure_all(struct bench *b, struct skep_test_bench_result *found)
{
	uint32_t runs = SKEP_OPT(b->opts, runs), rounds = SKEP_OPT(b->opts, rounds);
	double ns[ROUNDS_MOST], most;
	int err = measure(b, runs && runs < TRY_RUNS ? runs : TRY_RUNS, &ns[0]);

	if (err)
		return err;
	rounds = rounds ? rounds : ROUNDS;
	most = b->with_call ? CALLS_MOST : RUNS_MOST;
	/* Less than a nanosecond is none. */
	if (!runs)
		runs = (uint32_t)(ROUND_NS / (ns[0] + 1) < most ? ROUND_NS / (ns[0] + 1) : most);
	runs = runs ? runs : 1;
	for (uint32_t i = 0; !err && i <= rounds; i++)
		err = measure(b, runs, &ns[i ? i - 1 : 0]); /* the first is to warm up */
	if (err)
		return err;
	qsort(ns, rounds, sizeof(*ns), by_size);
	found->min_ns = ns[0];
	found->median_ns = (ns[(rounds - 1) / 2] + ns[rounds / 2]) / 2;
	found->max_ns = ns[rounds - 1];
	found->runs = runs;
	found->rounds = rounds;
	found->retval = b->retval;
	found->with_call = b->with_call;
	return 0;
}

static int check(const struct skep_program *program, const struct skep_test_bench_opts *opts)
{
	int err = skep_test_opts_check(opts, sizeof(*opts), "skep_test_bench");

	if (err)
		return err;
	if (!program)
		return skep_error_set(EINVAL, NULL, "skep_test_bench: the program is NULL");
	if (SKEP_OPT(opts, rounds) > ROUNDS_MOST)
		return skep_error_set(EINVAL, "give fewer rounds, and more `.runs`",
				      "skep_test_bench: %u rounds, and %d are the most",
				      opts->rounds, ROUNDS_MOST);
	if (SKEP_OPT(opts, runs) > INT32_MAX)
		return skep_error_set(EINVAL, "give more `.rounds`",
				      "skep_test_bench: %u runs are more than a round has",
				      opts->runs);
	if (SKEP_OPT(opts, packet) && SKEP_OPT(opts, args))
		return skep_error_set(EINVAL, "give the one that this kind of program takes",
				      "skep_test_bench: there are a packet and a context");
	return 0;
}

/* Binds this thread to one CPU. A set for 1024 CPUs is too small for some machines. */
static int bind_cpu(const struct skep_test_bench_opts *opts, cpu_set_t *set, size_t bytes,
		    uint32_t *cpu)
{
	uint32_t wanted = SKEP_OPT(opts, cpu);
	int now = sched_getcpu();

	*cpu = GIVEN(wanted) ? NUMBER(wanted) : (uint32_t)(now < 0 ? 0 : now);
	CPU_ZERO_S(bytes, set);
	CPU_SET_S(*cpu, bytes, set);
	if (*cpu >= bytes * 8 || sched_setaffinity(0, bytes, set))
		return skep_error_set(EINVAL, "take a CPU that `taskset -p $$` lists",
				      "this thread may not run on CPU %u", *cpu);
	return 0;
}

int skep_test_bench_raw(struct skep_test_bench_result *result, size_t sz,
			const struct skep_program *program, const struct skep_test_bench_opts *opts)
{
	const size_t bytes = 8192 / 8; /* as many CPUs as Linux has at most */
	cpu_set_t before[8192 / 8 / sizeof(cpu_set_t)], set[8192 / 8 / sizeof(cpu_set_t)];
	struct skep_test_bench_result found = { 0 };
	struct bench b = { .program = program, .opts = opts };
	int err = check(program, opts);
	enum bpf_prog_type kind;

	if (err)
		return err;
	if (!result)
		return skep_error_set(EINVAL, NULL, "skep_test_bench: the result is NULL");
	kind = bpf_program__type(skep_program_libbpf(program));
	b.with_call = kind == BPF_PROG_TYPE_SYSCALL || kind == BPF_PROG_TYPE_RAW_TRACEPOINT ||
		      kind == BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE ||
		      kind == BPF_PROG_TYPE_TRACING;
	if (sched_getaffinity(0, bytes, before))
		return skep_error_set(errno, NULL, "cannot learn this thread's CPUs: %s",
				      strerror(errno));
	err = bind_cpu(opts, set, bytes, &found.cpu);
	if (!err)
		err = measure_all(&b, &found);
	/* It was allowed before. */
	if (sched_setaffinity(0, bytes, before) && !err)
		err = skep_error_set(errno, NULL, "cannot give this thread its CPUs back: %s",
				     strerror(errno));
	if (!err)
		memcpy(result, &found, sz < sizeof(found) ? sz : sizeof(found));
	return err;
}
