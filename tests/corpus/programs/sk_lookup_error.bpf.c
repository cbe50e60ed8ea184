/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The result of bpf_sk_assign(), an error number, is returned as the verdict. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} servers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u16);
	__type(value, __u32);
} ports SEC(".maps");

SEC("sk_lookup")
int steer(struct bpf_sk_lookup *ctx)
{
	__u16 port = ctx->local_port;
	__u32 *server = bpf_map_lookup_elem(&ports, &port);
	struct bpf_sock *sk;
	long err;

	if (!server)
		return SK_PASS;
	sk = bpf_map_lookup_elem(&servers, server);
	if (!sk)
		return SK_DROP;
	err = bpf_sk_assign(ctx, sk, 0); /* cause */
	bpf_sk_release(sk);
	return err;
} /* refused */

char LICENSE[] SEC("license") = "GPL";
