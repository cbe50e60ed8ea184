/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A length that is known only at run time. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

void *memcpy(void *to, const void *from, unsigned long bytes);

char from[8192], to[8192];

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	__u32 length = bpf_get_prandom_u32() & 4095;

	memcpy(to, from, length);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
