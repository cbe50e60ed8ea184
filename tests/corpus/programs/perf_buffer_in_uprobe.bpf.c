/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A sleepable uprobe sends its events through a perf buffer. */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct query {
	__u64 when;
	__u32 tid;
	char sql[128];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); /* cause */
	__type(key, __u32);
	__type(value, __u32);
} queries SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct query);
} scratch SEC(".maps");

SEC("uprobe.s")
int on_query(struct pt_regs *ctx)
{
	const char *sql = (const char *)ctx->rsi;
	__u32 zero = 0;
	struct query *q = bpf_map_lookup_elem(&scratch, &zero);

	if (!q)
		return 0;
	q->when = bpf_ktime_get_ns();
	q->tid = bpf_get_current_pid_tgid();
	if (bpf_copy_from_user(q->sql, sizeof(q->sql) - 1, sql))
		return 0;
	bpf_perf_event_output(ctx, &queries, BPF_F_CURRENT_CPU, q, sizeof(*q));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
