/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The callback of a timer returns 1, to be called again. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#define CLOCK_MONOTONIC 1
#define PERIOD_NS       1000000000ULL

struct ticker {
	struct bpf_timer timer;
	__u64 packets;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ticker);
} tickers SEC(".maps");

static int tick(void *map, __u32 *key, struct ticker *t)
{
	t->packets = 0;
	return 1; /* refused */
}

SEC("tc")
int count_and_tick(struct __sk_buff *skb)
{
	__u32 zero = 0;
	struct ticker *t = bpf_map_lookup_elem(&tickers, &zero);

	if (!t)
		return TC_ACT_OK;
	if (!t->packets++ && !bpf_timer_init(&t->timer, &tickers, CLOCK_MONOTONIC)) {
		bpf_timer_set_callback(&t->timer, tick);
		bpf_timer_start(&t->timer, PERIOD_NS, 0);
	}
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
