/* SPDX-License-Identifier: 0BSD */
/* The kernel side: at each system call. */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <skep/bpf/trace.h>
#include "calls.h"

SKEP_LICENSE("GPL");

const volatile __u32 pid; /* set by the user side before load */

__u64 calls[CALLS_MOST];

SEC("raw_tp/sys_enter")
int SKEP_RAW_TP(on_call, struct pt_regs *regs, unsigned long number)
{
	if (skep_current_pid() == pid && number < CALLS_MOST)
		__sync_fetch_and_add(&calls[number], 1);
	return 0;
}
