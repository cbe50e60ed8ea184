/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* More than clang clears in a row. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct paths {
	char old[2048];
	char new[2048];
} paths;

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	/* For the next one. */
	__builtin_memset(&paths, 0, sizeof(paths));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
