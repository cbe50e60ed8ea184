/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The check looks at an 8-bit copy of the priority, the index is all of it. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#define NR_CLASSES 8

struct class_stats {
	__u64 bytes;
	__u64 packets;
};

struct port_stats {
	__u64 last_ns;
	struct class_stats classes[NR_CLASSES];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, struct port_stats);
} ports SEC(".maps");

SEC("tc")
int account(struct __sk_buff *skb)
{
	__u32 ifindex = skb->ifindex;
	__u32 priority = skb->priority;
	struct port_stats *port;
	struct class_stats *stats;
	__u8 class = priority;

	port = bpf_map_lookup_elem(&ports, &ifindex);
	if (!port)
		return TC_ACT_OK;
	port->last_ns = bpf_ktime_get_ns();
	if (class >= NR_CLASSES) /* cause */
		return TC_ACT_SHOT;
	stats = &port->classes[priority];
	stats->packets++; /* refused */
	stats->bytes += skb->len;
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
