/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "vmlinux.h"
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

SEC("raw_tp/sched_process_exec")
int first(void *ctx)
{
	return sizeof(struct pt_regs) == 0;
}
