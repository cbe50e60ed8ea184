/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A message is redirected through a socket hash with the call for socket maps. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct endpoint {
	__u32 ip4;
	__u32 port;
};

struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH); /* cause */
	__uint(max_entries, 1024);
	__type(key, struct endpoint);
	__type(value, __u64);
} peers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} verdicts SEC(".maps");

static __always_inline void count(__u32 which)
{
	__u64 *n = bpf_map_lookup_elem(&verdicts, &which);

	if (n)
		*n += 1;
}

SEC("sk_msg")
int to_peer(struct sk_msg_md *msg)
{
	struct endpoint peer = { .ip4 = msg->remote_ip4, .port = msg->remote_port };

	if (msg->family != 2) {
		count(0);
		return SK_PASS;
	}
	count(1);
	return bpf_msg_redirect_map(msg, &peers, peer.ip4 ^ peer.port, BPF_F_INGRESS); /* refused */
}

char LICENSE[] SEC("license") = "GPL";
