/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* bpf_skb_load_bytes() is given the packet. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct syslog {
	__u8 bracket;
	char priority[3];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
} priorities SEC(".maps");

static __always_inline __u32 parse_priority(const struct syslog *message)
{
	__u32 priority = 0;
	int i;

	for (i = 0; i < 3; i++) {
		if (message->priority[i] < '0' || message->priority[i] > '9')
			break;
		priority = priority * 10 + message->priority[i] - '0';
	}
	return priority;
}

SEC("tc")
int syslog_priority(struct __sk_buff *skb)
{
	__u32 offset = ETH_HLEN + sizeof(struct iphdr) + sizeof(struct udphdr);
	struct syslog message;
	__u32 priority;
	__u64 *count;

	if (skb->protocol != bpf_htons(ETH_P_IP))
		return TC_ACT_OK;
	if (bpf_skb_load_bytes(skb, offset, &message, sizeof(message)))
		return TC_ACT_OK;
	if (message.bracket != '<')
		return TC_ACT_OK;
	priority = parse_priority(&message);
	count = bpf_map_lookup_elem(&priorities, &priority);
	if (count)
		__sync_fetch_and_add(count, 1);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
