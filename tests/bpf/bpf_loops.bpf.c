// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The loops of bpf_loops.h, by skep_for(). */
#ifdef WITH_VMLINUX
#include "vmlinux.h"
#endif
#ifndef PLAIN
#define SKEP_WITH_ITERATORS
#endif
#include <skep/bpf/core.h>
#include <skep/bpf/loop.h>

/* One behind the other, for the test. */
struct {
	__u64 cells[256], result;
} shared;
#define cells shared.cells

#define EACH(i, from, to, max) skep_for(i, from, to, max)
#include "bpf_loops.h"

SKEP_LICENSE("GPL");

#define PROGRAM(n)                                                                                 \
	SEC("raw_tp/sys_enter") int loop_##n(struct bpf_raw_tracepoint_args *ctx)                  \
	{                                                                                          \
		shared.result = shape_##n(ctx->args[0], ctx->args[1]);                             \
		return 0;                                                                          \
	}

PROGRAM(0)
PROGRAM(1)
PROGRAM(2)
PROGRAM(3)
PROGRAM(4)
PROGRAM(5)
PROGRAM(6)
PROGRAM(7)
PROGRAM(8)
PROGRAM(9)
PROGRAM(10)
PROGRAM(11)
