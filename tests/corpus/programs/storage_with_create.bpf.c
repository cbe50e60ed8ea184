/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The flag of other local storages is passed to that of cgroups. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct usage {
	__u64 packets;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_STORAGE);
	__type(key, struct bpf_cgroup_storage_key);
	__type(value, struct usage);
} usage SEC(".maps");

SEC("cgroup_skb/egress")
int count_bytes(struct __sk_buff *skb)
{
	struct usage *u;

	u = bpf_get_local_storage(&usage, BPF_LOCAL_STORAGE_GET_F_CREATE); /* refused */
	__sync_fetch_and_add(&u->packets, 1);
	__sync_fetch_and_add(&u->bytes, skb->len);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
