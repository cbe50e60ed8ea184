/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A string of user space is compared where it lies. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

__u64 opens_of_proc;

SEC("raw_tp/sys_enter")
int on_enter(struct bpf_raw_tracepoint_args *ctx)
{
	const char *path = (const char *)ctx->args[0]; /* cause */

	if (ctx->args[1] != 257)
		return 0;
	if (!bpf_strncmp(path, 6, "/proc/")) /* refused */
		__sync_fetch_and_add(&opens_of_proc, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
