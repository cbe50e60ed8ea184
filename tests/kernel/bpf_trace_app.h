/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The object of test_bpf_trace*.c, loaded once for all of their cases. */
#ifndef SKEP_TESTS_KERNEL_BPF_TRACE_APP_H
#define SKEP_TESTS_KERNEL_BPF_TRACE_APP_H

#include "app.h"
#include "bpf_trace.h"

extern struct skep_object *object;

/* Loads it when it is not loaded yet. */
void load(void);

/* Loads it, and runs one of its programs with two arguments. */
int run(const char *program, uint64_t a, uint64_t b);

/* Reads or writes a variable of its programs. */
void variable(const char *name, void *out, size_t bytes, bool write);

#endif
