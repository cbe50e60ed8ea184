/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The global function checks the flow itself. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct flow_key {
	__u32 remote_ip4;
	__u32 remote_port;
};

struct flow {
	__u64 first_ns;
	__u64 packets;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct flow_key);
	__type(value, struct flow);
} flows SEC(".maps");

__noinline int account(struct flow *flow, __u32 bytes)
{
	if (!flow)
		return 0;
	flow->bytes += bytes;
	flow->packets++;
	return flow->packets > 1000000;
}

SEC("cgroup_skb/egress")
int watch_egress(struct __sk_buff *skb)
{
	struct flow_key key = { .remote_ip4 = skb->remote_ip4, .remote_port = skb->remote_port };
	struct flow *flow = bpf_map_lookup_elem(&flows, &key);

	if (!flow) {
		struct flow fresh = { .first_ns = bpf_ktime_get_ns() };

		bpf_map_update_elem(&flows, &key, &fresh, BPF_NOEXIST);
		flow = bpf_map_lookup_elem(&flows, &key);
		if (!flow)
			return 1;
	}
	return account(flow, skb->len) ? 0 : 1;
}

char LICENSE[] SEC("license") = "GPL";
