/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

static __noinline int inner(int x)
{
	volatile char buffer[200];

	buffer[x & 127] = x;
	return buffer[(x + 1) & 127];
}

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	volatile char buffer[200];
	int at = bpf_get_prandom_u32() & 127;

	buffer[at] = inner(at);
	return buffer[(at + 7) & 127];
}

char LICENSE[] SEC("license") = "GPL";
