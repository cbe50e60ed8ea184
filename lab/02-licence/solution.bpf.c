/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

SEC("raw_tp/sys_enter")
int word_at(struct bpf_raw_tracepoint_args *ctx)
{
	const void *address = (const void *)ctx->args[0];
	__u32 word = 0;

	bpf_probe_read_user(&word, sizeof(word), address);
	return word;
}
