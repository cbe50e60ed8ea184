/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Samples the payload of UDP: it has at most 64 bytes, and nobody thought of none. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define SAMPLE_SIZE 64
#define HEADERS     (ETH_HLEN + sizeof(struct iphdr) + sizeof(struct udphdr))

struct sample {
	__u32 ifindex;
	__u32 length;
	__u8 data[SAMPLE_SIZE];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} samples SEC(".maps");

SEC("tc")
int sample_payload(struct __sk_buff *skb)
{
	struct sample sample = {};
	__u32 length;

	if (skb->protocol != bpf_htons(ETH_P_IP) || skb->len < HEADERS)
		return TC_ACT_OK;
	if (bpf_get_prandom_u32() & 1023)
		return TC_ACT_OK;

	length = skb->len - HEADERS;
	if (length > SAMPLE_SIZE) /* cause */
		length = SAMPLE_SIZE;
	if (bpf_skb_load_bytes(skb, HEADERS, sample.data, length)) /* refused */
		return TC_ACT_OK;
	sample.ifindex = skb->ifindex;
	sample.length = length;
	bpf_perf_event_output(skb, &samples, BPF_F_CURRENT_CPU, &sample, sizeof(sample));
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
