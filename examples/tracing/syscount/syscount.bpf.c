/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Calls are counted when they begin, since exit() has no end; then how they end. */
#include <skep/bpf/core.h>
#include <skep/bpf/filter.h>
#include <skep/bpf/latency.h>
#include <skep/bpf/syscall.h>
#include <skep/bpf/trace.h>
#include "syscount.h"

SKEP_LICENSE("GPL");

SKEP_LATENCY_TASK(running);
/* Of more processes than that in one interval those that are silent for longest are forgotten. */
SKEP_LRU_PERCPU_HASH(counts, struct what, struct calls, 16384);
static const struct calls none;

const volatile struct skep_filter filter;
const volatile bool by_process, with_latency;

static __always_inline struct calls *calls_of(long number)
{
	struct skep_syscall call = { .abi = skep_current_abi(number), .number = number };
	struct what what = { 0 };

	if (by_process) {
		what.id = skep_current_pid();
		skep_current_comm(what.comm);
	} else {
		/* 64-bit and 32-bit programs together; and any number may be tried. */
		what.id = skep_syscall_native(&call);
		what.id = skep_bound(what.id, 1024) ? what.id : -1;
	}
	return skep_map_get_or_put(&counts, &what, &none);
}

SEC("raw_tp/sys_enter")
int SKEP_RAW_TP(on_enter, const void *regs, long number)
{
	struct calls *calls = skep_filter_accepts(&filter) ? calls_of(number) : NULL;

	if (calls)
		calls->count++;
	if (calls && with_latency)
		skep_latency_start(&running);
	return 0;
}

SEC("raw_tp/sys_exit")
int SKEP_RAW_TP(on_exit, const void *regs, long result)
{
	__u64 ns = with_latency ? skep_latency_end(&running) : 0;
	bool failed = result < 0 && result >= -4095;
	struct calls *calls = NULL;

	if ((ns || failed) && skep_filter_accepts(&filter))
		calls = calls_of(skep_syscall_number(regs));
	if (calls) {
		calls->failed += failed;
		calls->ns += ns;
	}
	return 0;
}
