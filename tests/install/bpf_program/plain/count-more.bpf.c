/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

__u64 exits;

SEC("raw_tp/sched_process_exit")
int count_more(void *ctx)
{
	__sync_fetch_and_add(&exits, 1);
	return 0;
}
