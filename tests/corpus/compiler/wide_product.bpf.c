/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Nanoseconds times a frequency, in 128 bits. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 last;

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	last = (unsigned __int128)bpf_ktime_get_ns() * 1234567 / 1000003;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
