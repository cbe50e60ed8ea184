/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <linux/in.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct port_rule {
	__u32 allow;
	__u32 priority;
	__u64 hits;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u16);
	__type(value, struct port_rule);
} port_rules SEC(".maps");

__u64 unknown_ports;

static __always_inline struct port_rule *rule_for(__u16 port)
{
	struct port_rule *rule = bpf_map_lookup_elem(&port_rules, &port);

	if (!rule) {
		port = 0;
		rule = bpf_map_lookup_elem(&port_rules, &port);
	}
	return rule;
}

SEC("cgroup/connect4")
int check_connect(struct bpf_sock_addr *ctx)
{
	__u16 port = bpf_ntohs(ctx->user_port);
	struct port_rule *rule;

	if (ctx->protocol != IPPROTO_TCP)
		return 1;
	rule = rule_for(port);
	if (!rule) {
		__sync_fetch_and_add(&unknown_ports, 1);
		return 1;
	}
	rule->hits++;
	return !!rule->allow;
}

char LICENSE[] SEC("license") = "GPL";
