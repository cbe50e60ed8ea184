/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_TESTING_INJECT_H
#define SKEP_TESTING_INJECT_H
/**
 * @file testing/inject.h
 * The time and the random numbers that a program sees, given by its test. Part of testing.h.
 *
 * The object is compiled for tests: `skep_add_bpf_program(... DEFINES SKEP_TESTING)`. Without that
 * define nothing of it is in the program; with it the helpers look at a variable first.
 *
 * @code{.c}
 * const uint32_t dice[] = { 4, 0xffffffff };
 *
 * if (skep_test_set_time(object, 5000000000, 0) ||         // five seconds after boot
 *     skep_test_set_random(object, dice, 2))               // 4, 0xffffffff, 4 ...
 *         return skep_perror("inject");
 * @endcode
 *
 * Given are what bpf_ktime_get_ns(), ..._boot_ns(), ..._coarse_ns() and ..._tai_ns() return, and so
 * all of <skep/bpf/time.h>; and bpf_get_prandom_u32(). The rest of the kernel goes on with its own:
 * timers, and what looks at the clock without these helpers.
 */
#include <skep/base.h>

SKEP_BEGIN_DECLS

struct skep_object;

/** How many random numbers can be given. */
#define SKEP_TEST_RANDOM_MOST 64

/**
 * Sets the clocks that programs of an object see.
 *
 * @param object  an object, opened or loaded
 * @param ns      what the next reading gives, in nanoseconds
 * @param step_ns how much later each further reading is; 0: the clock stands still
 * @return 0 or a negative errno
 * @err{EOPNOTSUPP, the object is not compiled for tests: give skep_add_bpf_program() DEFINES
 *      SKEP_TESTING}
 * @err{EPROTOTYPE, it was compiled with another version of skep: compile it again}
 * @err{EINVAL, `object` is NULL}
 * @threads{one at a time per object; programs that run just then see either}
 */
SKEP_API SKEP_MUST_USE int skep_test_set_time(const struct skep_object *object, uint64_t ns,
					      uint64_t step_ns);

/**
 * Sets the random numbers that programs of an object see: one after the other, then again from the
 * first.
 *
 * @param object an object, opened or loaded
 * @param values the numbers
 * @param count  how many; 1 to SKEP_TEST_RANDOM_MOST
 * @return 0 or a negative errno
 * @err{EOPNOTSUPP, the object is not compiled for tests: give skep_add_bpf_program() DEFINES
 *      SKEP_TESTING}
 * @err{EPROTOTYPE, it was compiled with another version of skep: compile it again}
 * @err{EINVAL, `object` or `values` is NULL, or `count` is out of its range}
 * @threads{one at a time per object; programs that run just then see either}
 */
SKEP_API SKEP_MUST_USE int skep_test_set_random(const struct skep_object *object,
						const uint32_t *values, size_t count);

/**
 * Gives the kernel's own time and random numbers again.
 *
 * @param object an object, opened or loaded
 * @return 0 or a negative errno, as skep_test_set_time()
 * @threads{one at a time per object}
 */
SKEP_API SKEP_MUST_USE int skep_test_set_real(const struct skep_object *object);

SKEP_END_DECLS

#endif
