/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A program one of whose functions can be replaced. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

__attribute__((noinline)) int choose(struct xdp_md *ctx)
{
	volatile int verdict = XDP_DROP;

	return verdict;
}

SEC("xdp")
int base(struct xdp_md *ctx)
{
	return choose(ctx);
}
