/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* There are samples. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define SAMPLES 16

__u64 sum;
__u64 average;

static __always_inline __u32 divide(__u32 value, const __u32 by)
{
	/* of a division by the constant 0 clang makes nothing at all */
	asm volatile("%0 /= %1" : "+w"(value) : "i"(by));
	return value;
}

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	sum += bpf_get_prandom_u32() & 1023;
	average = divide(sum, SAMPLES);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
