/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What soak.bpf.c and its test share. */
#ifndef SKEP_TESTS_SOAK_H
#define SKEP_TESTS_SOAK_H

#include <skep/types.h>

struct soak_event {
	__u64 at_ns; /* when it was written: CLOCK_MONOTONIC */
};

#endif
