/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

static char text[4] = "skep";

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	struct bpf_dynptr ptr;
	__u32 value = 0;

	if (bpf_dynptr_from_mem(text, sizeof(text), 0, &ptr))
		return 0;
	bpf_dynptr_read(&value, sizeof(value), &ptr, 0, 0);
	return value == 1;
}

char LICENSE[] SEC("license") = "GPL";
