/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_TESTING_H
#define SKEP_TESTING_H
/**
 * @file testing.h
 * Tests for BPF programs: run one on given input, wait for what it sends, see that nothing of it
 * stays behind; and assertions for cmocka that fail with skep's words.
 *
 * A library of its own, libskep-testing (`skep::testing`), because it needs cmocka.
 *
 * @code{.c}
 * static void empty_packet_is_dropped(void **state)
 * {
 *         const struct skep_program *program = skep_object_program(object, "count");
 *         unsigned char packet[14] = { 0 };
 *         struct skep_test_result result;
 *
 *         skep_assert_ok(skep_test_run(&result, program,
 *                                      SKEP_OPTS(skep_test_run_opts, .data = packet,
 *                                                .data_bytes = sizeof(packet))));
 *         assert_int_equal(result.retval, XDP_DROP);
 * }
 * @endcode
 *
 * What belongs to it, and is included at its end: testing/packet.h builds packets, testing/context.h
 * runs programs on them, testing/pcap.h has those of captures, testing/maps.h says what maps must
 * hold, testing/inject.h gives programs their time, testing/bench.h measures them.
 *
 * Includes <cmocka.h> and what that needs.
 */
#include <skep/base.h>
#include <skep/error.h>
#include <skep/ring.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

SKEP_BEGIN_DECLS

/* In here, because cmocka 1.1.5 does not say itself that it is C. */
#include <cmocka.h>

struct skep_program;

/** What a program is run on. */
struct skep_test_run_opts {
	size_t sz;            /**< set by SKEP_OPTS() */
	const void *data;     /**< the packet; for XDP and tc at least 14 bytes */
	size_t data_bytes;    /**< its size */
	void *data_out;       /**< where the packet goes afterwards; or NULL */
	size_t data_out_room; /**< bytes there */
	const void *ctx;      /**< the context, as `struct xdp_md`; or NULL */
	size_t ctx_bytes;     /**< its size */
	void *ctx_out;        /**< where the context goes afterwards; or NULL */
	size_t ctx_out_room;  /**< bytes there */
	uint32_t repeat;      /**< how often to run it; default: once */
	uint32_t flags;       /**< BPF_F_TEST_* of linux/bpf.h */
	uint32_t cpu;         /**< on which CPU, with BPF_F_TEST_RUN_ON_CPU */
};

/** What came of it. Members are only ever added, at the end. */
struct skep_test_result {
	int32_t retval;       /**< what the program returned, the last time */
	uint32_t duration_ns; /**< of one run, on average; 0 for kinds that do not measure */
	size_t data_bytes;    /**< of the packet afterwards, even where `data_out` was smaller */
	size_t ctx_bytes;     /**< of the context afterwards */
};

/**
 * Runs a loaded program once or more, in the kernel, without attaching it; see skep_test_run().
 *
 * @param[out] result  what came of it; untouched on failure
 * @param      sz      sizeof(struct skep_test_result); skep_test_run() passes it
 * @param      program of a loaded object
 * @param      opts    or NULL, for programs that take no input
 * @return 0 or a negative errno
 * @err{EBADF, the program is not loaded: call skep_object_load() first}
 * @err{EOPNOTSUPP, this kind of program cannot be run so: attach it, and trigger it}
 * @err{EINVAL, the kernel refuses the input: the hint says what this kind of program takes}
 * @err{ENOSPC, `data_out` or `ctx_out` is too small}
 * @err{EPERM, privilege is missing: run as root}
 * @threads{any}
 * @kernel{4.12; raw tracepoints 5.10, `syscall` 5.14}
 * @caps{CAP_BPF and that of the program's kind}
 */
SKEP_API SKEP_MUST_USE int skep_test_run_raw(struct skep_test_result *result, size_t sz,
					     const struct skep_program *program,
					     const struct skep_test_run_opts *opts);

/**
 * skep_test_run_raw() with the caller's size.
 *
 * @param[out] result  what came of it; untouched on failure
 * @param      program of a loaded object
 * @param      opts    or NULL, for programs that take no input
 * @return 0 or a negative errno, as skep_test_run_raw()
 */
SKEP_MUST_USE static inline int skep_test_run(struct skep_test_result *result,
					      const struct skep_program *program,
					      const struct skep_test_run_opts *opts)
{
	return skep_test_run_raw(result, sizeof(*result), program, opts);
}

/** Programs, maps and links that were there at one moment. */
struct skep_test_snapshot;

/**
 * Notes which programs, maps and links the machine has.
 *
 * @param[out] out the snapshot
 * @return 0 or a negative errno
 * @err{EPERM, listing them needs CAP_SYS_ADMIN: run as root, or skip the test}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_test_snapshot_free()}
 * @kernel{4.13; links from 5.8, not looked at before}
 * @caps{CAP_SYS_ADMIN}
 */
SKEP_API SKEP_MUST_USE int skep_test_snapshot_take(struct skep_test_snapshot **out);

/**
 * Fails when something is there that was not in the snapshot. Things of the whole machine are
 * seen, also what stays pinned or attached, so nothing else may load BPF meanwhile. The kernel
 * frees with a delay: it is asked again until `timeout_ms` have passed.
 *
 * @param before     taken earlier
 * @param timeout_ms how long the kernel may take; 2000 is plenty
 * @return 0 or a negative errno as skep_test_snapshot_take(), and
 * @err{EBUSY, something was left behind: the message names it}
 */
SKEP_API SKEP_MUST_USE int skep_test_snapshot_check(const struct skep_test_snapshot *before,
						    int timeout_ms);

/**
 * Frees a snapshot. NULL is fine.
 *
 * @param snapshot the snapshot
 */
SKEP_API void skep_test_snapshot_free(struct skep_test_snapshot *snapshot);

/**
 * A clock that stands still in no test.
 *
 * @return milliseconds of CLOCK_MONOTONIC
 */
SKEP_API int64_t skep_test_now_ms(void);

/**
 * Fails the test that runs, with skep's words, unless `err` is 0; see skep_assert_ok().
 *
 * @param err  what the call returned
 * @param call its text
 * @param file of the assertion
 * @param line of the assertion
 */
SKEP_API void skep_test_assert_ok(int err, const char *call, const char *file, int line);

/**
 * Fails the test that runs unless `err` is `-code`; see skep_assert_error().
 *
 * @param err  what the call returned
 * @param code a positive errno
 * @param call its text
 * @param file of the assertion
 * @param line of the assertion
 */
SKEP_API void skep_test_assert_error(int err, int code, const char *call, const char *file,
				     int line);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_test_snapshot);

/** Fails the test unless the call returns 0, and prints skep's message, hint and log. */
#define skep_assert_ok(call) skep_test_assert_ok((call), #call, __FILE__, __LINE__)

/**
 * Fails the test unless the call returns `-code` and said so in words:
 * `skep_assert_error(skep_object_load(object), EPERM)`.
 */
#define skep_assert_error(call, code)                                                              \
	skep_test_assert_error((call), (code), #call, __FILE__, __LINE__)

/** Fails the test when programs, maps or links are left that were not in the snapshot. */
#define skep_assert_nothing_left(before)                                                           \
	skep_test_assert_ok(skep_test_snapshot_check((before), 2000), "nothing is left behind",    \
			    __FILE__, __LINE__)

/**
 * Takes records from a ring until one fulfils a condition, which is an expression about it:
 *
 * @code{.c}
 * const struct exec_event *e;
 *
 * skep_assert_ok(skep_test_wait_record(events, e, e->pid == child, 1000));
 * @endcode
 *
 * `e` is a variable of type `const T *`; it points to the record that was found, until the next
 * call for this ring. C only.
 *
 * @return 0 or a negative errno as skep_ring_next_raw(): ETIMEDOUT when none came within
 *         `timeout_ms` milliseconds
 */
#define skep_test_wait_record(handle, e, condition, timeout_ms)                                    \
	__extension__({                                                                            \
		const int64_t skep_until_ = skep_test_now_ms() + (timeout_ms);                     \
		int64_t skep_left_;                                                                \
		int skep_wait_;                                                                    \
		do {                                                                               \
			skep_left_ = skep_until_ - skep_test_now_ms();                             \
			skep_wait_ = skep_ring_next((handle), &(e),                                \
						    skep_left_ > 0 ? (int)skep_left_ : 1);         \
			if (!skep_wait_ && (condition))                                            \
				break;                                                             \
			if (!skep_wait_ && skep_left_ <= 0)                                        \
				skep_wait_ =                                                       \
					skep_error_set(ETIMEDOUT, NULL,                            \
						       "no record came for which %s", #condition); \
		} while (!skep_wait_);                                                             \
		skep_wait_;                                                                        \
	})

/* Each of them includes this header first, so that it may be included by itself. */
#include <skep/testing/bench.h>
#include <skep/testing/context.h>
#include <skep/testing/inject.h>
#include <skep/testing/maps.h>
#include <skep/testing/packet.h>
#include <skep/testing/pcap.h>

#endif
