/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Three programs that every kernel takes, and three that none does, each for a reason of its own. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");
SKEP_HASH(skepload_counts, __u32, __u64, 16);

SEC("raw_tp/sched_process_exec")
int good_first(struct bpf_raw_tracepoint_args *ctx)
{
	return 0;
}

SEC("raw_tp/sched_process_exit")
int bad_null(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 key = 0;
	__u64 *count = bpf_map_lookup_elem(&skepload_counts, &key);

	*count += 1; /* refused: it may be NULL */
	return 0;
}

SEC("xdp")
int good_middle(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp")
int bad_packet(struct xdp_md *ctx)
{
	char *data = (char *)(long)ctx->data;

	return data[3] ? XDP_PASS : XDP_DROP; /* refused: nothing compares with data_end */
}

SEC("tp_btf/skepload_no_such")
int bad_hook(void *ctx)
{
	return 0;
}

SEC("socket")
int good_last(struct __sk_buff *skb)
{
	__u64 sum = skb->len;

	for (int i = 0; i < 500; i++)
		asm volatile("%0 += %1" : "+r"(sum) : "r"((__u64)i)); /* costly */
	return (int)sum;
}
