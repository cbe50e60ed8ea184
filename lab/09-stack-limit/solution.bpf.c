/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>
#include <skep/bpf/scratch.h>

SKEP_LICENSE("GPL");

struct text {
	char path[1024];
};
SKEP_SCRATCH(texts, struct text);

SEC("raw_tp/sys_enter")
int path_length(struct bpf_raw_tracepoint_args *ctx)
{
	long n = -1;

	skep_scratch(&texts, text)
	{
		n = bpf_probe_read_user_str(text->path, sizeof(text->path), (void *)ctx->args[0]);
	}
	return n > 0 ? n - 1 : n;
}
