/* SPDX-License-Identifier: 0BSD */
/* The kernel side: Reno. The window doubles each round trip at first, then grows by a segment each. */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <bpf/bpf_tracing.h>
#include "cc.h"

SKEP_LICENSE("GPL");

__u64 connections, acknowledged, losses;

SEC("struct_ops/start")
void BPF_PROG(start, struct sock *sk)
{
	__sync_fetch_and_add(&connections, 1);
}

/* A loss: half of the window, and not less than two segments. */
SEC("struct_ops/after_loss")
__u32 BPF_PROG(after_loss, struct sock *sk)
{
	const struct tcp_sock *tcp = (const struct tcp_sock *)sk;
	__u32 half = tcp->snd_cwnd / 2;

	__sync_fetch_and_add(&losses, 1);
	return half > 2 ? half : 2;
}

SEC("struct_ops/grow")
void BPF_PROG(grow, struct sock *sk, __u32 ack, __u32 acked)
{
	struct tcp_sock *tcp = (struct tcp_sock *)sk;
	__u32 window = tcp->snd_cwnd;

	__sync_fetch_and_add(&acknowledged, acked);
	if (window < tcp->snd_ssthresh) {
		window += acked;
	} else {
		tcp->snd_cwnd_cnt += acked;
		if (tcp->snd_cwnd_cnt >= window) {
			tcp->snd_cwnd_cnt -= window;
			window++;
		}
	}
	tcp->snd_cwnd = window < tcp->snd_cwnd_clamp ? window : tcp->snd_cwnd_clamp;
}

SEC("struct_ops/undo")
__u32 BPF_PROG(undo, struct sock *sk)
{
	const struct tcp_sock *tcp = (const struct tcp_sock *)sk;

	return tcp->snd_cwnd > tcp->prior_cwnd ? tcp->snd_cwnd : tcp->prior_cwnd;
}

SEC(".struct_ops")
struct tcp_congestion_ops gentle = {
	.init = (void *)start,
	.ssthresh = (void *)after_loss,
	.cong_avoid = (void *)grow,
	.undo_cwnd = (void *)undo,
	.name = CC_NAME,
};
