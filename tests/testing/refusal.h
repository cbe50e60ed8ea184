/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How an assertion fails: in a process of its own, whose words are read. */
#ifndef SKEP_TESTS_TESTING_REFUSAL_H
#define SKEP_TESTS_TESTING_REFUSAL_H
#include "harness/test.h"

/* Fails the case unless `fn`, run as a test by itself, fails and says `words`. */
void assert_refusal_says(CMUnitTestFunction fn, const char *words);

#endif
