/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* BPF passes five. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

static __noinline int weigh(int a, int b, int c, int d, int e, int f)
{
	return a + b * c - d + e * f + bpf_get_prandom_u32();
}

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	int r = bpf_get_prandom_u32();

	return weigh(r, r + 1, r + 2, r * 3, r / 4u, r ^ 7);
}

char LICENSE[] SEC("license") = "GPL";
