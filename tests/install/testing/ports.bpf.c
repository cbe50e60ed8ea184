/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* When a packet to each UDP port was last seen. */
#include <skep/bpf/core.h>
#include <skep/bpf/time.h>

SKEP_LICENSE("GPL");

SKEP_HASH(last, __u16, __u64, 64);

SEC("xdp")
int see(struct xdp_md *ctx)
{
	unsigned char *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u64 now = skep_time_ns();
	__u16 port;

	if (data + 42 > end || data[12] != 8 || data[13] || data[23] != 17)
		return XDP_PASS;
	port = (__u16)(data[36] << 8 | data[37]);
	bpf_map_update_elem(&last, &port, &now, BPF_ANY);
	return XDP_DROP;
}
