/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A cgroup program says no. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <linux/pkt_cls.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u64);
} quota SEC(".maps");

SEC("cgroup_skb/egress")
int limit_egress(struct __sk_buff *skb)
{
	__u64 id = bpf_skb_cgroup_id(skb);
	__u64 *left = bpf_map_lookup_elem(&quota, &id);

	if (!left)
		return 1;
	if (*left < skb->len)
		return 0;
	__sync_fetch_and_sub(left, skb->len);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
