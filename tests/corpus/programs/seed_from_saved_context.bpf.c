/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A callback takes half of the saved context as a number. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct walk {
	struct __sk_buff *skb;
	__u32 hash;
};

__u64 chosen[16];

static long mix(__u32 i, struct walk *w)
{
	w->hash = (w->hash ^ *(__u32 *)&w->skb) * 16777619; /* refused */
	return 0;
}

SEC("tc")
int choose(struct __sk_buff *skb)
{
	struct walk w = { .skb = skb, .hash = 2166136261 }; /* cause */

	bpf_loop(4, mix, &w, 0);
	chosen[w.hash & 15]++;
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
