/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * How a test of skep is written: a thin layer over cmocka.
 *
 *	#include "harness/test.h"
 *
 *	TEST(put_then_get_returns_value)
 *	{
 *		if (!kernel_at_least(6, 12))
 *			test_skip("netkit came with 6.7");
 *		assert_int_equal(...);
 *	}
 *
 * The name of a case is a claim that the case shows. Cases register themselves and main() is in the
 * harness, so that a test is a file of cases and nothing more. A case is alone responsible for what
 * it leaves: files belong into test_tmpdir(), programs and maps are watched with snapshot.h.
 *
 * Output is TAP; scripts/test reads it. Run by hand, a binary takes names of cases, or --list.
 */
#ifndef SKEP_TESTS_HARNESS_TEST_H
#define SKEP_TESTS_HARNESS_TEST_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In here, because cmocka 1.1.5 does not say itself that it is C. */
#include <cmocka.h>

typedef void (*test_case_fn)(void **state);

struct test_case {
	const char *name;
	test_case_fn run;
	test_case_fn setup;    /* may assert and skip like the case itself; may be NULL */
	test_case_fn teardown; /* runs even after a failure or a skip; may be NULL */
	void *state;
	struct test_case *next;
};

void test_register(struct test_case *tc);

/* A case between a setup and a teardown, which share *state with it. */
#define TEST_WITH(name, setup, teardown)                                                           \
	static void name(void **state);                                                            \
	static struct test_case test_case_##name = { #name, name, setup, teardown, NULL, NULL };   \
	__attribute__((constructor)) static void test_register_##name(void)                        \
	{                                                                                          \
		test_register(&test_case_##name);                                                  \
	}                                                                                          \
	static void name(__attribute__((unused)) void **state)

#define TEST(name) TEST_WITH(name, NULL, NULL)

/*
 * A test binary may define this: NULL, or why none of its cases can run here. It then skips them
 * all and exits 77.
 */
const char *test_binary_needs(void) __attribute__((weak));

/* Ends the case as skipped. The reason is shown to people: say what this machine lacks. */
void test_skip(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Fails the case when the call, which returns 0 or -errno, did not return 0. */
#define assert_ok(call) test_assert_ok((call), #call, __FILE__, __LINE__)
void test_assert_ok(int err, const char *call, const char *file, int line);

/* Fails the case when the call did not return -code; names both codes. */
#define assert_error(call, code) test_assert_error((call), (code), #call, __FILE__, __LINE__)
void test_assert_error(int err, int code, const char *call, const char *file, int line);

/* A folder of the case's own, made when first asked for, removed with all in it afterwards. */
const char *test_tmpdir(void);

/* Path of one of the FILES of skep_add_test(); fails the case when it is not there. */
const char *test_file(const char *name);

/* True in `scripts/test --full`: soaks and whole matrices run only then. */
bool test_is_full(void);

/* `ms` of the reference machine as milliseconds here: longer under emulation. For deadlines. */
int test_scaled_ms(int ms);

/* Used by main() after each case. */
void test_tmpdir_remove(void);

#ifdef __cplusplus
}
#endif

#endif
