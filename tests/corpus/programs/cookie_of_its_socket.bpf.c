/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* I want the cookie of the socket, so I hand it the socket. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct usage {
	__u64 packets;
	__u64 bytes;
	__u32 family;
	__u32 mark;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct usage);
} usages SEC(".maps");

static __always_inline struct usage *usage_of(__u64 cookie, __u32 family)
{
	struct usage fresh = { .family = family };
	struct usage *usage = bpf_map_lookup_elem(&usages, &cookie);

	if (usage)
		return usage;
	bpf_map_update_elem(&usages, &cookie, &fresh, BPF_NOEXIST);
	return bpf_map_lookup_elem(&usages, &cookie);
}

SEC("cgroup_skb/egress")
int count_egress(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk; /* cause */
	struct usage *usage;
	__u64 cookie;

	if (!sk)
		return 1;
	cookie = bpf_get_socket_cookie(sk); /* refused */
	usage = usage_of(cookie, sk->family);
	if (!usage)
		return 1;
	__sync_fetch_and_add(&usage->packets, 1);
	__sync_fetch_and_add(&usage->bytes, skb->len);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
