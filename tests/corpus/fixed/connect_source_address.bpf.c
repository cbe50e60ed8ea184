/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Chooses the address that a connection comes from by binding it. */
#include <linux/bpf.h>
#include <linux/in.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define AF_INET 2

struct egress {
	__be32 address;
	__be16 port_first;
	__be16 port_last;
	__u64 connections;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u64);
	__type(value, struct egress);
} egresses SEC(".maps");

static __always_inline int port_in_range(const struct egress *egress, __u16 port)
{
	return port >= bpf_ntohs(egress->port_first) && port <= bpf_ntohs(egress->port_last);
}

SEC("cgroup/connect4")
int choose_source(struct bpf_sock_addr *ctx)
{
	__u64 cgroup = bpf_get_current_cgroup_id();
	struct sockaddr_in addr = {};
	struct egress *egress;

	if (ctx->protocol != IPPROTO_TCP)
		return 1;
	egress = bpf_map_lookup_elem(&egresses, &cgroup);
	if (!egress || !port_in_range(egress, bpf_ntohs(ctx->user_port)))
		return 1;
	addr.sin_family = AF_INET;
	addr.sin_addr.s_addr = egress->address;
	if (bpf_bind(ctx, (struct sockaddr *)&addr, sizeof(addr)))
		return 0;
	__sync_fetch_and_add(&egress->connections, 1);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
