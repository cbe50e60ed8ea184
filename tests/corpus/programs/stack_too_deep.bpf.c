/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Two frames of 300 bytes are more than 512. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

static __noinline int inner(int x)
{
	volatile char buffer[300];

	buffer[x & 255] = x;
	return buffer[(x + 1) & 255];
}

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	volatile char buffer[300];
	int at = bpf_get_prandom_u32() & 255;

	buffer[at] = inner(at);
	return buffer[(at + 7) & 255];
}

char LICENSE[] SEC("license") = "GPL";
