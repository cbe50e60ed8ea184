/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* It takes the hash of the packet. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct walk {
	__u32 flow;
	__u32 hash;
};

__u64 chosen[16];

static long mix(__u32 i, struct walk *w)
{
	w->hash = (w->hash ^ w->flow) * 16777619;
	return 0;
}

SEC("tc")
int choose(struct __sk_buff *skb)
{
	struct walk w = { .flow = skb->hash, .hash = 2166136261 };

	bpf_loop(4, mix, &w, 0);
	chosen[w.hash & 15]++;
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
