/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Programs on sockets and on maps of them, and one that is called: they count, and let pass. */
#include <skep/bpf/core.h>

#include "attach_socket.h"

SKEP_LICENSE("GPL");

__u64 hits[HIT_COUNT];

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} peers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} hashed SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} plain SEC(".maps");

static int count(int hit, int result)
{
	__sync_fetch_and_add(&hits[hit], 1);
	return result;
}

SEC("sk_skb/stream_parser")
int parser(struct __sk_buff *skb)
{
	return count(HIT_PARSER, skb->len);
}

SEC("sk_skb/stream_verdict")
int stream_verdict(struct __sk_buff *skb)
{
	return count(HIT_STREAM_VERDICT, SK_PASS);
}

SEC("sk_skb/verdict")
int verdict(struct __sk_buff *skb)
{
	return count(HIT_VERDICT, SK_PASS);
}

SEC("sk_skb")
int unsaid(struct __sk_buff *skb)
{
	return count(HIT_SK_SKB, SK_PASS);
}

SEC("sk_msg")
int message(struct sk_msg_md *msg)
{
	return count(HIT_SK_MSG, SK_PASS);
}

SEC("sk_msg")
int message_too(struct sk_msg_md *msg)
{
	return SK_PASS;
}

/* Keeps the whole of each packet. */
SEC("socket")
int filter(struct __sk_buff *skb)
{
	return count(HIT_SOCKET, skb->len);
}

/* Keeps nothing. */
SEC("socket")
int drop(struct __sk_buff *skb)
{
	return 0;
}

SEC("sk_reuseport")
int choose(struct sk_reuseport_md *ctx)
{
	return count(HIT_REUSEPORT, SK_PASS);
}

SEC("sk_reuseport/migrate")
int choose_again(struct sk_reuseport_md *ctx)
{
	return count(HIT_MIGRATE, SK_PASS);
}

SEC("syscall")
int call(struct attach_socket_args *args)
{
	args->sum = args->add[0] + args->add[1];
	return count(HIT_CALL, 42);
}
