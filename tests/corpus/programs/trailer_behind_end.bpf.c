/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A trailer is looked for behind data_end, not before it. */
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
	struct trailer *t = (void *)(long)skb->data_end; /* cause */
	__u64 *sent;
	__u32 port;

	port = t->port & 63; /* refused */
	sent = bpf_map_lookup_elem(&last_sent, &port);
	if (sent)
		*sent = t->sent_ns;
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
