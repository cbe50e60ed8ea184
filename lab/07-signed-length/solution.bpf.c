/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

char got[64];

SEC("raw_tp/sys_enter")
int copy(struct bpf_raw_tracepoint_args *ctx)
{
	const void *from = (const void *)ctx->args[0];
	int length = ctx->args[1];

	if (length < 0)
		return -1;
	if (length > 64)
		length = 64;
	if (bpf_probe_read_user(got, length, from))
		return -1;
	return length;
}
