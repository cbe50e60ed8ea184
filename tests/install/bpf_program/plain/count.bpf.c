/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <skep/bpf/core.h>
#include <limit.h>

#ifndef SKEP_BPF_CPU_V3
#error "the CPU version is not told"
#endif
#ifndef OTHER
#error "DEFINES with -D in front is lost"
#endif

SKEP_LICENSE("GPL");

__u64 total;

SEC("raw_tp/sched_process_exec")
int count(void *ctx)
{
	if (total < LIMIT)
		__sync_fetch_and_add(&total, STEP);
	return 0;
}
