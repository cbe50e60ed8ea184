/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The function is static: it may return a pointer. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct client {
	__u64 tokens;
	__u64 refilled_ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, struct client);
} clients SEC(".maps");

static __noinline struct client *client_of(__u32 address)
{
	struct client fresh = { .tokens = 100 };
	struct client *c = bpf_map_lookup_elem(&clients, &address);

	if (c)
		return c;
	fresh.refilled_ns = bpf_ktime_get_ns();
	bpf_map_update_elem(&clients, &address, &fresh, BPF_NOEXIST);
	return bpf_map_lookup_elem(&clients, &address);
}

SEC("cgroup_skb/ingress")
int limit_clients(struct __sk_buff *skb)
{
	struct client *c = client_of(skb->remote_ip4);

	if (!c)
		return 1;
	if (!c->tokens)
		return 0;
	c->tokens--;
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
