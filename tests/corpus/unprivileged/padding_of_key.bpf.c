/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The padding of a key is not written. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct key {
	__u32 address;
	__u16 port;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct key);
	__type(value, __u64);
} flows SEC(".maps");

SEC("cgroup_skb/egress")
int count_flows(struct __sk_buff *skb)
{
	struct key key; /* cause */
	__u64 one = 1;

	key.address = skb->remote_ip4;
	key.port = skb->remote_port;
	bpf_map_update_elem(&flows, &key, &one, BPF_ANY); /* refused */
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
