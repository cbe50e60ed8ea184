/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* I check that the option is there and then read its length. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define DHCP_FIXED_LEN   240
#define DHCP_OPT_TYPE    53
#define DHCP_OPT_END     255
#define DHCP_MAX_OPTIONS 12

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} dhcp_messages SEC(".maps");

static __always_inline void count_message(__u32 type)
{
	__u64 *seen = bpf_map_lookup_elem(&dhcp_messages, &type);

	if (seen)
		(*seen)++;
}

static __always_inline void walk_options(const __u8 *opt, const void *data_end)
{
	__u32 code, len, i;

	for (i = 0; i < DHCP_MAX_OPTIONS; i++) {
		if ((const void *)(opt + 1) > data_end) /* cause */
			return;
		code = opt[0];
		if (code == DHCP_OPT_END)
			return;
		len = opt[1]; /* refused */
		if (code == DHCP_OPT_TYPE) {
			count_message(len);
			return;
		}
		opt += 2 + len;
	}
}

SEC("xdp")
int dhcp_watch(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	struct ethhdr *eth = data;
	struct iphdr *iph = (void *)(eth + 1);
	struct udphdr *udp = (void *)(iph + 1);

	if ((void *)(udp + 1) > data_end)
		return XDP_PASS;
	if (eth->h_proto != bpf_htons(ETH_P_IP) || iph->ihl != 5 || iph->protocol != IPPROTO_UDP)
		return XDP_PASS;
	if (udp->dest != bpf_htons(67) && udp->dest != bpf_htons(68))
		return XDP_PASS;
	walk_options((const __u8 *)(udp + 1) + DHCP_FIXED_LEN, data_end);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
