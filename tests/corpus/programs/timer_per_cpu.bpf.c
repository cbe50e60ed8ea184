/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A timer in the values of a per-CPU map. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#define CLOCK_MONOTONIC 1
#define EXPIRE_NS       30000000000ULL

struct session {
	struct bpf_timer timer;
	__u64 packets;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH); /* cause */
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct session);
} sessions SEC(".maps");

static int expire(void *map, __u32 *key, struct session *s)
{
	bpf_map_delete_elem(map, key);
	return 0;
}

SEC("tc")
int track(struct __sk_buff *skb)
{
	struct session fresh = {}, *s;
	__u32 key = skb->hash;

	s = bpf_map_lookup_elem(&sessions, &key);
	if (!s) {
		bpf_map_update_elem(&sessions, &key, &fresh, BPF_NOEXIST);
		s = bpf_map_lookup_elem(&sessions, &key);
		if (!s)
			return TC_ACT_OK;
		bpf_timer_init(&s->timer, &sessions, CLOCK_MONOTONIC); /* refused */
		bpf_timer_set_callback(&s->timer, expire);
		bpf_timer_start(&s->timer, EXPIRE_NS, 0);
	}
	s->packets++;
	s->bytes += skb->len;
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
