/* SPDX-License-Identifier: 0BSD */
/* What 30-own-test.c is a test of: given, and right. Wrong ones are made of it by the check. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

SEC("raw_tp/sys_enter")
int limit(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 value = ctx->args[0], lowest = ctx->args[1], highest = ctx->args[2];

	if (value < lowest)
		return lowest;
	return value > highest ? highest : value;
}
