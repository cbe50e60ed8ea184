/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>
#include <skep/bpf/string.h>

SKEP_LICENSE("GPL");

SEC("raw_tp/sys_enter")
int is_config(struct bpf_raw_tracepoint_args *ctx)
{
	char path[64];

	if (skep_str_copy_user(path, sizeof(path), (const void *)ctx->args[0]) < 0)
		return 0;
	return skep_str_starts(path, "/etc/");
}
