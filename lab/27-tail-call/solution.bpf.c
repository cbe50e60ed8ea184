/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

#define CTX struct bpf_raw_tracepoint_args

extern int add(CTX *ctx), multiply(CTX *ctx);

SKEP_PROG_ARRAY(programs, CTX, 8) SKEP_VALUES([0] = &add, [1] = &multiply);

SEC("raw_tp/sys_enter")
int add(CTX *ctx)
{
	return ctx->args[1] + ctx->args[2];
}

SEC("raw_tp/sys_enter")
int multiply(CTX *ctx)
{
	return ctx->args[1] * ctx->args[2];
}

SEC("raw_tp/sys_enter")
int run(CTX *ctx)
{
	__u32 number = ctx->args[0];

	skep_tail_call(ctx, &programs, number);
	return -1;
}
