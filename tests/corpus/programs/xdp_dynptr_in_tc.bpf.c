/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* XDP code moved to tc, with the XDP function for the dynptr. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

extern int bpf_dynptr_from_xdp(struct xdp_md *xdp, __u64 flags, struct bpf_dynptr *ptr) __ksym;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
} protocols SEC(".maps");

SEC("tc")
int count_protocols(struct __sk_buff *skb)
{
	struct bpf_dynptr packet;
	struct ethhdr eth;
	struct iphdr ip;
	__u64 *count;
	__u32 key;

	if (bpf_dynptr_from_xdp((struct xdp_md *)skb, 0, &packet)) /* refused */
		return 0;
	if (bpf_dynptr_read(&eth, sizeof(eth), &packet, 0, 0))
		return 0;
	if (eth.h_proto != bpf_htons(ETH_P_IP))
		return 0;
	if (bpf_dynptr_read(&ip, sizeof(ip), &packet, sizeof(eth), 0))
		return 0;
	key = ip.protocol;
	count = bpf_map_lookup_elem(&protocols, &key);
	if (count)
		*count += 1;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
