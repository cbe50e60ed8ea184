/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One program that the verifier accepts, and one that it does not. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");
SKEP_HASH(counts, __u32, __u64, 16);

SEC("raw_tp/sched_process_exec")
int good(struct bpf_raw_tracepoint_args *ctx)
{
	return 0;
}

SEC("raw_tp/sched_process_exit")
int bad(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 key = 0;
	__u64 *count = skep_map_get(&counts, &key);

	*count += 1; /* it may be NULL */
	return 0;
}
