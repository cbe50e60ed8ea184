/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Measures the request line of HTTP: the loop stops at the end of the packet. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define MAX_LINE 80

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_LINE + 1);
	__type(key, __u32);
	__type(value, __u64);
} lengths SEC(".maps");

static __always_inline __u32 line_length(const char *line, void *data_end)
{
	__u32 i;

	for (i = 0; i < MAX_LINE; i++) {
		if ((void *)(line + i + 1) > data_end)
			break;
		if (line[i] == '\n')
			break;
	}
	return i;
}

SEC("tc")
int http_lines(struct __sk_buff *skb)
{
	void *data_end = (void *)(long)skb->data_end;
	void *data = (void *)(long)skb->data;
	struct ethhdr *eth = data;
	struct iphdr *iph = (void *)(eth + 1);
	struct tcphdr *tcp;
	__u32 length;
	__u64 *seen;

	if ((void *)(iph + 1) > data_end)
		return TC_ACT_OK;
	if (eth->h_proto != bpf_htons(ETH_P_IP) || iph->protocol != IPPROTO_TCP)
		return TC_ACT_OK;
	tcp = (void *)iph + iph->ihl * 4;
	if ((void *)(tcp + 1) > data_end || tcp->dest != bpf_htons(80))
		return TC_ACT_OK;

	length = line_length((void *)tcp + tcp->doff * 4, data_end);
	seen = bpf_map_lookup_elem(&lengths, &length);
	if (seen)
		__sync_fetch_and_add(seen, 1);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
