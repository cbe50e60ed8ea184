/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The object of test_bpf_core.c and test_bpf_core_task.c: loaded once, kept until the process ends. */
#ifndef SKEP_TESTS_KERNEL_BPF_CORE_APP_H
#define SKEP_TESTS_KERNEL_BPF_CORE_APP_H

#include "app.h"
#include "bpf_core.skep.h"

/* Skips the case for others than root. */
struct bpf_core *bpf_core_started(void);

/* Runs a program once; returns what it returned. */
int bpf_core_ran(const char *program, uint64_t arg0, uint64_t arg1);

#endif
