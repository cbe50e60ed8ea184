/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, 4);
	__uint(value_size, 4);
} events SEC(".maps");

SEC("raw_tp/sched_process_exec")
int on_exec(struct bpf_raw_tracepoint_args *ctx)
{
	char name[64] = {};
	long length = bpf_probe_read_kernel_str(name, sizeof(name), (void *)ctx->args[0]);

	if (length < 0 || length > (long)sizeof(name))
		return 0;
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, name, length);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
