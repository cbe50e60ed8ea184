/* SPDX-License-Identifier: 0BSD */
/* limit() with a mistake: a test that is worth having finds it. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

SEC("raw_tp/sys_enter")
int limit(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 value = ctx->args[0], lowest = ctx->args[1], highest = ctx->args[2];

	if (value <= lowest)
		return lowest;
	return value >= highest ? highest - 1 : value;
}
