/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Drops IPv6 fragments: the whole header of a fragment is checked. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ipv6.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define MAX_EXTENSIONS 4

struct fragment_header {
	__u8 nexthdr;
	__u8 reserved;
	__be16 frag_off;
	__be32 identification;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
} dropped_by_protocol SEC(".maps");

static __always_inline int later_fragment(void *pos, void *data_end, __u8 nexthdr)
{
	int i;

	for (i = 0; i < MAX_EXTENSIONS; i++) {
		struct ipv6_opt_hdr *opt = pos;

		if ((void *)(opt + 1) > data_end)
			return 0;
		if (nexthdr == IPPROTO_FRAGMENT) {
			struct fragment_header *frag = pos;

			if ((void *)(frag + 1) > data_end)
				return 0;
			return (frag->frag_off & bpf_htons(0xfff8)) != 0;
		}
		if (nexthdr != IPPROTO_HOPOPTS && nexthdr != IPPROTO_ROUTING &&
		    nexthdr != IPPROTO_DSTOPTS)
			return 0;
		nexthdr = opt->nexthdr;
		pos += (opt->hdrlen + 1) * 8;
	}
	return 0;
}

SEC("xdp")
int drop_fragments(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	struct ethhdr *eth = data;
	struct ipv6hdr *ip6 = (void *)(eth + 1);
	__u32 protocol;
	__u64 *dropped;

	if ((void *)(ip6 + 1) > data_end || eth->h_proto != bpf_htons(ETH_P_IPV6))
		return XDP_PASS;
	protocol = ip6->nexthdr;
	if (!later_fragment(ip6 + 1, data_end, protocol))
		return XDP_PASS;
	dropped = bpf_map_lookup_elem(&dropped_by_protocol, &protocol);
	if (dropped)
		*dropped += 1;
	return XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
