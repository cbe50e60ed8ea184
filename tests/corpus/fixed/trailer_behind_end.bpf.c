/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The trailer is copied from the last bytes of the packet. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct trailer {
	__u64 sent_ns;
	__u32 port;
	__u32 magic;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} last_sent SEC(".maps");

SEC("tc")
int read_trailer(struct __sk_buff *skb)
{
	struct trailer t;
	__u64 *sent;
	__u32 port;

	if (skb->len < sizeof(t) || bpf_skb_load_bytes(skb, skb->len - sizeof(t), &t, sizeof(t)))
		return TC_ACT_OK;
	port = t.port & 63;
	sent = bpf_map_lookup_elem(&last_sent, &port);
	if (sent)
		*sent = t.sent_ns;
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
