/* SPDX-License-Identifier: 0BSD */
/* The kernel side: counts the programs that start. */
#include <skep/bpf/core.h>
#include "count.h"

SKEP_LICENSE("GPL");

__u64 started; /* the user side reads it where it is */

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	__sync_fetch_and_add(&started, 1);
	return 0;
}
