/* SPDX-License-Identifier: 0BSD */
/*
 * A length that may be negative
 *
 * Helpers take lengths as unsigned numbers. An `int` that is below 64 may be -1: then it is a length
 * of four thousand millions, and the verifier says so.
 *
 * To do: copy() copies `length` bytes from a process's memory to `got`, 64 at most (of longer ones the
 * first 64), and returns how many. For a negative length it copies nothing and returns -1.
 */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

char got[64];

SEC("raw_tp/sys_enter")
int copy(struct bpf_raw_tracepoint_args *ctx)
{
	const void *from = (const void *)ctx->args[0];
	int length = ctx->args[1];

	if (length > 64)
		length = 64;
	if (bpf_probe_read_user(got, length, from))
		return -1;
	return length;
}
