/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Objects in tests: opened from the test's FILES, driven by BPF_PROG_TEST_RUN. */
#ifndef SKEP_TESTS_KERNEL_APP_H
#define SKEP_TESTS_KERNEL_APP_H

#include <stdint.h>

#include <skep/skep.h>

/* Skips the case for others than root; opened, or opened and loaded. They fail the case. */
struct skep_object *app_open(const char *file);
struct skep_object *app_load(const char *file);

/* Runs a raw tracepoint program once with two arguments; returns what it returned. */
int app_run(const struct skep_object *object, const char *program, uint64_t arg0, uint64_t arg1);

/* The same on a processor of one's choice. */
int app_run_on(const struct skep_object *object, const char *program, unsigned int cpu,
	       uint64_t arg0, uint64_t arg1);

/* How many file descriptors this process has open. */
int app_open_fds(void);

/* Bytes that malloc() has given out: only differences mean something. */
size_t app_heap_bytes(void);

/* Fails the case unless this thread's last message has `part` in it. */
void app_assert_says(const char *part);
void app_assert_hints(const char *part);

#endif
