/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_TESTING_BENCH_H
#define SKEP_TESTING_BENCH_H
/**
 * @file testing/bench.h
 * How long a program takes: nanoseconds a run, in the kernel, on one CPU. Part of testing.h.
 *
 * @code{.c}
 * SKEP_AUTO(skep_packet) *packet = NULL;
 * struct skep_test_bench_result cost;
 *
 * skep_assert_ok(skep_packet_build(&packet, SKEP_ETH(), SKEP_IPV4(), SKEP_UDP(.dst = 53)));
 * skep_assert_ok(skep_test_bench(&cost, skep_object_program(object, "count"),
 *                                SKEP_OPTS(skep_test_bench_opts, .packet = packet)));
 * printf("%.1f ns a run, %.1f at best\n", cost.median_ns, cost.min_ns);
 * @endcode
 *
 * The kernel runs the program many times in one system call, and tells whole nanoseconds a run. It does
 * so on the same packet: what a run does to it, the next one finds. So measure programs that leave the
 * packet as it is, or end alike. A round is some 10 ms, all of it a tenth of a second. Two programs are
 * compared in one process, in turns: the machine is another one a minute later.
 */
#include <skep/testing.h>
#include <skep/testing/context.h>

SKEP_BEGIN_DECLS

/** What to measure. */
struct skep_test_bench_opts {
	size_t sz;                        /**< set by SKEP_OPTS() */
	const struct skep_packet *packet; /**< for programs of packets */
	const struct skep_test_ctx *ctx;  /**< for those, too; or NULL */
	const void *args;                 /**< for others: the context; or NULL */
	size_t args_bytes;                /**< its size */
	uint32_t runs;                    /**< in a round; default: as many as take 10 ms */
	uint32_t rounds;                  /**< 1 to 1000; default 11 */
	uint32_t cpu; /**< on which; default: where the thread is; SKEP_EXACTLY(0) is the first */
};

/** What came of it. Members are only ever added, at the end. */
struct skep_test_bench_result {
	double min_ns;    /**< of a run, in the best round */
	double median_ns; /**< in the middle one */
	double max_ns;    /**< in the worst */
	uint32_t runs;    /**< in a round */
	uint32_t rounds;  /**< measured, after one to warm up */
	uint32_t cpu;     /**< on which it ran */
	int32_t retval;   /**< what the program returned, the last time */
	bool with_call;   /**< this kind is run once a system call, whose time is in the numbers */
};

/**
 * Measures a program; see skep_test_bench().
 *
 * @param[out] result  what came of it; untouched on failure
 * @param      sz      sizeof(struct skep_test_bench_result); skep_test_bench() passes it
 * @param      program of a loaded object
 * @param      opts    or NULL, for programs that take no input
 * @return 0 or a negative errno as skep_test_packet() and skep_test_run_raw(), and
 * @err{EINVAL, `rounds` is more than 1000; there are both a packet and `args`; or this thread may not
 *      run on CPU `cpu`}
 * @err{E2BIG, `opts` has members that this version of skep does not know: update the library}
 * @threads{any; the calling one is bound to a CPU meanwhile}
 * @kernel{4.12}
 * @caps{CAP_BPF and that of the program's kind}
 */
SKEP_API SKEP_MUST_USE int skep_test_bench_raw(struct skep_test_bench_result *result, size_t sz,
					       const struct skep_program *program,
					       const struct skep_test_bench_opts *opts);

/**
 * skep_test_bench_raw() with the caller's size.
 *
 * @param[out] result  what came of it; untouched on failure
 * @param      program of a loaded object
 * @param      opts    or NULL, for programs that take no input
 * @return 0 or a negative errno, as skep_test_bench_raw()
 */
SKEP_MUST_USE static inline int skep_test_bench(struct skep_test_bench_result *result,
						const struct skep_program *program,
						const struct skep_test_bench_opts *opts)
{
	return skep_test_bench_raw(result, sizeof(*result), program, opts);
}

SKEP_END_DECLS

#endif
