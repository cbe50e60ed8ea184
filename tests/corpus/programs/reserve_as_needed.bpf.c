/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A record of the ring is reserved as long as the packet. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} packets SEC(".maps");

struct sample {
	__u64 when;
	__u32 length;
	__u8 bytes[];
};

SEC("tc")
int sample_packet(struct __sk_buff *skb)
{
	__u32 length = skb->len & 255; /* cause */
	struct sample *s;

	s = bpf_ringbuf_reserve(&packets, sizeof(*s) + length, 0); /* refused */
	if (!s)
		return TC_ACT_OK;
	s->when = bpf_ktime_get_ns();
	s->length = length;
	bpf_ringbuf_submit(s, 0);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
