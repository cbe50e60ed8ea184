/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Nothing but a program, for an object without BTF. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("raw_tp/sched_process_exec")
int skepmark_nobtf(void *ctx)
{
	return 0;
}
