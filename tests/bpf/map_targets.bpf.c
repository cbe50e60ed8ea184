/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Redirects frames to interfaces, processors and AF_XDP sockets; asks about cgroups. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct bpf_devmap_val);
} ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct bpf_devmap_val);
} ports_by_name SEC(".maps");

/* Values of 4 bytes, as before Linux 5.8. */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} narrow SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_CPUMAP);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct bpf_cpumap_val);
} cpus SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} queues SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} cgroups SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u32);
} events SEC(".maps");

__u64 arrived, passed_port, passed_cpu;
__u32 cpu, ran_on;

/* Frames of the tests only: interfaces send some of their own. */
static bool is_ours(struct xdp_md *ctx)
{
	unsigned char *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;

	return data + 14 <= end && data[12] == 0x88 && data[13] == 0xb5;
}

SEC("xdp")
int to_port(struct xdp_md *ctx)
{
	return is_ours(ctx) ? (int)bpf_redirect_map(&ports, 0, XDP_DROP) : XDP_PASS;
}

SEC("xdp")
int to_named_port(struct xdp_md *ctx)
{
	return is_ours(ctx) ? (int)bpf_redirect_map(&ports_by_name, 77, XDP_DROP) : XDP_PASS;
}

SEC("xdp")
int to_cpu(struct xdp_md *ctx)
{
	return is_ours(ctx) ? (int)bpf_redirect_map(&cpus, cpu, XDP_DROP) : XDP_PASS;
}

SEC("xdp")
int to_socket(struct xdp_md *ctx)
{
	return is_ours(ctx) ? (int)bpf_redirect_map(&queues, ctx->rx_queue_index, XDP_DROP)
			    : XDP_PASS;
}

SEC("xdp")
int arrive(struct xdp_md *ctx)
{
	if (is_ours(ctx))
		__sync_fetch_and_add(&arrived, 1);
	return XDP_PASS;
}

SEC("xdp/devmap")
int at_port(struct xdp_md *ctx)
{
	__sync_fetch_and_add(&passed_port, 1);
	return XDP_PASS;
}

SEC("xdp/cpumap")
int at_cpu(struct xdp_md *ctx)
{
	ran_on = bpf_get_smp_processor_id();
	__sync_fetch_and_add(&passed_cpu, 1);
	return XDP_PASS;
}

/* Whether the current task is below the cgroup of slot args[0]. */
SEC("raw_tp")
int is_below(struct bpf_raw_tracepoint_args *ctx)
{
	return (int)bpf_current_task_under_cgroup(&cgroups, (__u32)ctx->args[0]);
}

SEC("raw_tp")
int tell(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 what = ctx->args[0];

	return (int)bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &what, sizeof(what));
}
