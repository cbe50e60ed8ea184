/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A session is started again by filling all of it with zeros, the timer included. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#define CLOCK_MONOTONIC 1
#define IDLE_NS         10000000000ULL

struct session {
	__u64 last_ns;
	__u64 packets;
	__u64 bytes;
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct session);
} sessions SEC(".maps");

static int on_idle(void *map, __u32 *key, struct session *s)
{
	bpf_map_delete_elem(map, key);
	return 0;
}

SEC("tc")
int track(struct __sk_buff *skb)
{
	__u32 key = bpf_get_hash_recalc(skb);
	struct session *s = bpf_map_lookup_elem(&sessions, &key);
	__u64 now = bpf_ktime_get_ns();

	if (!s)
		return TC_ACT_OK;
	if (now - s->last_ns > IDLE_NS) {
		__builtin_memset(s, 0, sizeof(*s)); /* refused */
		bpf_timer_init(&s->timer, &sessions, CLOCK_MONOTONIC);
		bpf_timer_set_callback(&s->timer, on_idle);
	}
	bpf_timer_start(&s->timer, IDLE_NS, 0);
	s->last_ns = now;
	s->packets++;
	s->bytes += skb->len;
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
