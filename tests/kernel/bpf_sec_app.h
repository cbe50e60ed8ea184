/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The object of test_bpf_sec*.c: loaded once. Its programs ask about the process that runs them. */
#ifndef SKEP_TESTS_KERNEL_BPF_SEC_APP_H
#define SKEP_TESTS_KERNEL_BPF_SEC_APP_H

#include "app.h"
#include "bpf_sec.skep.h"

/* A folder that tests of paths make, with a file system of its own, in a mount namespace. */
#define GUARDED "/tmp/guarded"

/* Skips the case for others than root. */
struct bpf_sec *sec_started(void);
struct bpf_sec_bss *sec_seen(void);

/* What a program returned; also in children, where asserts would be lost. */
int sec_ran(const char *program, uint64_t arg0, uint64_t arg1);

/* 0, or where it is not so. */
#define CHECK(is)                                                                                  \
	do {                                                                                       \
		if (!(is))                                                                         \
			return __LINE__;                                                           \
	} while (0)

/* What a child returns that cannot be run here: there is no overlayfs. */
#define SKIP (-77)

/* A child runs it, and fails the case with the line that it returned. */
void sec_in_child(int (*run)(void));

/* In a child: a mount namespace of its own, with an empty file system on /tmp. */
int sec_own_tmp(void);

#endif
