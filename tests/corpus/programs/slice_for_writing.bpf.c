/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A slice for writing is asked for where packets can only be read. */
#include <linux/bpf.h>
#include <linux/ip.h>
#include <bpf/bpf_helpers.h>

extern int bpf_dynptr_from_skb(struct __sk_buff *skb, __u64 flags, struct bpf_dynptr *ptr) __ksym;
extern void *bpf_dynptr_slice(const struct bpf_dynptr *ptr, __u32 offset, void *buffer,
			      __u32 size) __ksym;
extern void *bpf_dynptr_slice_rdwr(const struct bpf_dynptr *ptr, __u32 offset, void *buffer,
				   __u32 size) __ksym;

__u64 expired;

SEC("cgroup_skb/ingress")
int count_expired(struct __sk_buff *skb)
{
	struct bpf_dynptr packet;
	struct iphdr room, *ip;

	if (bpf_dynptr_from_skb(skb, 0, &packet))
		return 1;
	ip = bpf_dynptr_slice_rdwr(&packet, 0, &room, sizeof(room)); /* refused */
	if (ip && ip->ttl < 2)
		__sync_fetch_and_add(&expired, 1);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
