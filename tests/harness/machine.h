/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* For tests that need the kernel: what it is, and small things to make happen on it. */
#ifndef SKEP_TESTS_HARNESS_MACHINE_H
#define SKEP_TESTS_HARNESS_MACHINE_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* True on kernel major.minor and newer. */
bool kernel_at_least(int major, int minor);

/* Whether fentry, fexit and LSM programs can be attached, as far as the processor decides. */
bool processor_has_trampolines(void);

/* Skips the case for anybody but root. */
void require_root(void);

/* Skips the case outside of the test machines: for programs that enforce something. */
void require_vm(void);

/* Runs /bin/true `count` times, one after the other; fails the case when that cannot be done. */
void run_true(int count);

/* Where the unified cgroup tree is mounted; skips the case where it is not. */
const char *cgroup2_root(void);

/* Waits until check(ctx) is true; false when it is not after `ms` of the reference machine. */
bool wait_until(bool (*check)(void *ctx), void *ctx, int ms);

#ifdef __cplusplus
}
#endif

#endif
