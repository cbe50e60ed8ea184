/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The function that makes the tail call returns a verdict. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define STAGE_IPV4 0
#define STAGE_IPV6 1

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} stages SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} missing SEC(".maps");

static __noinline int next_stage(struct __sk_buff *skb, __u32 stage)
{
	__u64 *count;

	bpf_tail_call(skb, &stages, stage);
	/* nobody there */
	count = bpf_map_lookup_elem(&missing, &stage);
	if (count)
		__sync_fetch_and_add(count, 1);
	return TC_ACT_OK;
}

SEC("tc")
int classify(struct __sk_buff *skb)
{
	switch (skb->protocol) {
	case bpf_htons(ETH_P_IP):
		return next_stage(skb, STAGE_IPV4);
	case bpf_htons(ETH_P_IPV6):
		return next_stage(skb, STAGE_IPV6);
	}
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
