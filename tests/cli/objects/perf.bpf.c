/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A perf buffer, and state in static variables. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, 4);
	__uint(value_size, 4);
} skepmark_perf SEC(".maps");

static __u64 seen;

SEC("raw_tp/sched_process_exec")
int skepmark_static(void *ctx)
{
	__u64 now = seen++;

	bpf_perf_event_output(ctx, &skepmark_perf, BPF_F_CURRENT_CPU, &now, sizeof(now));
	return 0;
}
