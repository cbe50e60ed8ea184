/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One program that the verifier accepts, and some that it does not. */
#include <skep/bpf/core.h>
#include <skep/bpf/net.h>

SKEP_LICENSE("GPL");
SKEP_HASH(counts, __u32, __u64, 16);

SEC("raw_tp/sched_process_exec")
int good(struct bpf_raw_tracepoint_args *ctx)
{
	return 0;
}

SEC("raw_tp/sched_process_exit")
int bad(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 key = 0;
	__u64 *count = skep_map_get(&counts, &key);

	*count += 1; /* it may be NULL */
	return 0;
}

/*
 * clang may take `ip` for no NULL, since it is used, and the checks of the parsers out, which only such
 * a NULL needs; the verifier would refuse something inside of them. Not so with our flags.
 */
SEC("?xdp")
int unchecked(struct xdp_md *ctx)
{
	struct skep_packet p = skep_packet(ctx);
	struct skep_ipv4 *ip;

	skep_parse_eth(&p);
	ip = skep_parse_ipv4(&p);
	return ip->ttl > 3 ? XDP_PASS : XDP_DROP; /* it may be NULL */
}
