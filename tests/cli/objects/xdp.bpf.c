/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Reports UDP packets to port 9, in `struct event`: nothing says so but the name. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct event {
	unsigned int bytes;
	unsigned short port;
	unsigned short zero;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} skepmark_udp SEC(".maps");

/* Not inlined, so that the object's BTF has the struct. */
static __attribute__((noinline)) void fill(struct event *e, __u32 bytes)
{
	e->bytes = bytes;
	e->port = 9;
	e->zero = 0;
}

SEC("xdp")
int skepmark_xdp(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);
	struct udphdr *udp = (void *)(ip + 1);
	struct event *e;

	if ((void *)(udp + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_UDP || udp->dest != bpf_htons(9))
		return XDP_PASS;
	e = bpf_ringbuf_reserve(&skepmark_udp, sizeof(*e), 0);
	if (!e)
		return XDP_PASS;
	fill(e, bpf_ntohs(ip->tot_len) + sizeof(*eth));
	bpf_ringbuf_submit(e, 0);
	return XDP_PASS;
}
