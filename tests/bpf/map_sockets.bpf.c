/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Passes data from one socket to another, and chooses among sockets of one port. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} peers SEC(".maps");

/* Values of 4 bytes, as older programs have them. */
struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} narrow SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, 4);
	__type(key, __u64);
	__type(value, __u64);
} by_name SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_REUSEPORT_SOCKARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} group SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} sent SEC(".maps");

__u32 chosen;

/* What comes in at a socket of `peers` goes out by number 1 of them. */
SEC("sk_skb/stream_verdict")
int forward(struct __sk_buff *skb)
{
	return bpf_sk_redirect_map(skb, &peers, 1, 0);
}

/* What is sent by a socket of `by_name` comes in at the one that is called 2; and is counted. */
SEC("sk_msg")
int shortcut(struct sk_msg_md *msg)
{
	__u64 name = 2;
	struct bpf_sock *sk = msg->sk;
	__u64 *bytes = sk ? bpf_sk_storage_get(&sent, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE) : NULL;

	if (bytes)
		*bytes += msg->size;
	return bpf_msg_redirect_hash(msg, &by_name, &name, BPF_F_INGRESS);
}

SEC("sk_reuseport")
int choose(struct sk_reuseport_md *ctx)
{
	__u32 key = chosen;

	return bpf_sk_select_reuseport(ctx, &group, &key, 0) ? SK_DROP : SK_PASS;
}
