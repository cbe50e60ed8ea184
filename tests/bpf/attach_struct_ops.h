/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The part of the kernel's struct that the programs here fill. */
#ifndef ATTACH_STRUCT_OPS_H
#define ATTACH_STRUCT_OPS_H

#include <skep/bpf/core.h>

#include <bpf/bpf_tracing.h>

struct sock;

struct tcp_congestion_ops {
	__u32 (*ssthresh)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, __u32 ack, __u32 acked);
	__u32 (*undo_cwnd)(struct sock *sk);
	void (*init)(struct sock *sk);
	char name[16];
} __attribute__((preserve_access_index));

__u64 inits;

SEC("struct_ops/ssthresh")
__u32 BPF_PROG(ssthresh, struct sock *sk)
{
	return 10;
}

SEC("struct_ops/cong_avoid")
void BPF_PROG(cong_avoid, struct sock *sk, __u32 ack, __u32 acked)
{
}

SEC("struct_ops/undo_cwnd")
__u32 BPF_PROG(undo_cwnd, struct sock *sk)
{
	return 10;
}

SEC("struct_ops/init")
void BPF_PROG(init, struct sock *sk)
{
	__sync_fetch_and_add(&inits, 1);
}

#endif
