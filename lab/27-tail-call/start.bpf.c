/* SPDX-License-Identifier: 0BSD */
/*
 * From one program into another
 *
 * A tail call goes on in another program, and does not come back. Which one, an array says, by number.
 * Where the array has none, the call does nothing, and the statement behind it runs.
 *
 * To do: run() starts the program number args[0]: 0 is add(), 1 is multiply(). Where there is no program
 * of that number it returns -1. Programs are reached through the array alone: user space may take them out.
 */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

#define CTX struct bpf_raw_tracepoint_args

extern int add(CTX *ctx), multiply(CTX *ctx);

SKEP_PROG_ARRAY(programs, CTX, 8) SKEP_VALUES([0] = &add);

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
	skep_tail_call(ctx, &programs, 0);
	return 0;
}
