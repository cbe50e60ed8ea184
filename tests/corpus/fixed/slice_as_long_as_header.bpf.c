/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The slice has the four bytes that every option fits. */
#include <linux/bpf.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

extern int bpf_dynptr_from_skb(struct __sk_buff *skb, __u64 flags, struct bpf_dynptr *ptr) __ksym;
extern void *bpf_dynptr_slice(const struct bpf_dynptr *ptr, __u32 offset, void *buffer,
			      __u32 size) __ksym;

__u64 with_options;

SEC("tc")
int look_at_options(struct __sk_buff *skb)
{
	struct bpf_dynptr packet;
	struct iphdr room, *ip;
	__u8 options[4], *o;

	if (bpf_dynptr_from_skb(skb, 0, &packet))
		return TC_ACT_OK;
	ip = bpf_dynptr_slice(&packet, 14, &room, sizeof(room));
	if (!ip || ip->ihl < 6)
		return TC_ACT_OK;
	o = bpf_dynptr_slice(&packet, 34, options, sizeof(options));
	if (o && *o)
		__sync_fetch_and_add(&with_options, 1);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
