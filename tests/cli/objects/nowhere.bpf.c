/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Hooks that no kernel has. With -DONE_IS_FOUND, another that every kernel has. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("raw_tp/skep_no_such_tracepoint")
int skepmark_nowhere(void *ctx)
{
	return 0;
}

#ifdef ONE_IS_FOUND
SEC("raw_tp/sched_process_exec")
int skepmark_found(void *ctx)
{
	return 0;
}

SEC("raw_tp/skep_neither_this_one")
int skepmark_lost(void *ctx)
{
	return 0;
}
#endif
