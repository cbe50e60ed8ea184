/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Steers connections to sockets in a map, and releases those that were there. */
#include <linux/bpf.h>
#include <linux/in.h>
#include <bpf/bpf_helpers.h>

#define FIRST_PORT 9000
#define NR_PORTS   16

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, NR_PORTS);
	__type(key, __u32);
	__type(value, __u64);
} servers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NR_PORTS);
	__type(key, __u32);
	__type(value, __u64);
} steered SEC(".maps");

SEC("sk_lookup")
int steer(struct bpf_sk_lookup *ctx)
{
	struct bpf_sock *sk;
	__u64 *counter;
	__u32 index;
	long err;

	if (ctx->protocol != IPPROTO_TCP)
		return SK_PASS;
	if (ctx->local_port < FIRST_PORT || ctx->local_port >= FIRST_PORT + NR_PORTS)
		return SK_PASS;
	index = ctx->local_port - FIRST_PORT;
	sk = bpf_map_lookup_elem(&servers, &index);
	if (!sk)
		return SK_PASS;
	err = bpf_sk_assign(ctx, sk, 0);
	bpf_sk_release(sk);
	if (err)
		return SK_DROP;
	counter = bpf_map_lookup_elem(&steered, &index);
	if (counter)
		__sync_fetch_and_add(counter, 1);
	return SK_PASS;
}

char LICENSE[] SEC("license") = "GPL";
