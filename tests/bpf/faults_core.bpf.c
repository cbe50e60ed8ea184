/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

/* With a place in a struct of the kernel's, which is looked up when it is loaded. */
SEC("raw_tp/sched_process_exit")
int on_core(void *ctx)
{
	return skep_current_ppid() == 0;
}

SEC("fentry/skep_no_such:nothing_there")
int on_module(void *ctx)
{
	return 0;
}
