/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A result that fits no register. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct range {
	__u64 from;
	__u64 to;
	__u64 step;
};

static __noinline struct range choose(__u64 x)
{
	struct range range = { x, x * 2, x + bpf_get_prandom_u32() };

	return range;
}

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	struct range range = choose(bpf_get_prandom_u32());

	return range.from + range.step == 7;
}

char LICENSE[] SEC("license") = "GPL";
