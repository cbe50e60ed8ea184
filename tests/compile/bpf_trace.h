/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the cases of bpf_trace.cases stand on. */
#ifndef __TARGET_ARCH_arm64
#define __TARGET_ARCH_x86
#endif
#include <skep/bpf/hist.h>
#include <skep/bpf/latency.h>
#include <skep/bpf/sample.h>
#include <skep/bpf/shim.h>
#include <skep/bpf/stack.h>
#include <skep/bpf/trace.h>

struct key {
	__u32 address;
};
struct wide {
	__u64 a, b;
};

SKEP_HASH(map, struct key, __u64, 64);
SKEP_HIST_LOG2(sizes);
SKEP_HIST_LOG2_BY(sizes_of, struct key, 64);
SKEP_LATENCY(reads, 64);
SKEP_LATENCY_BY(requests, struct key, 64);
SKEP_SAMPLER(sampler);
SKEP_STACK_TRACE(stacks, 64, 64);
SKEP_LICENSE("GPL");

void *context(void);
