/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A member has a name that C compilers take, and the kernel does not. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct sock;

struct tcp_sock {
	__u32 snd_cwnd;
	__u32 prior_cwnd;
} __attribute__((preserve_access_index));

struct tcp_congestion_ops {
	__u32 (*ssthresh)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, __u32 ack, __u32 acked);
	__u32 (*undo_cwnd)(struct sock *sk);
	char name[16];
};

struct losses {
	__u64 loss$count; /* cause */
	__u64 loss$undone;
};

struct losses losses;

SEC("struct_ops/lossy_ssthresh")
__u32 BPF_PROG(lossy_ssthresh, struct sock *sk)
{
	struct tcp_sock *tp = (struct tcp_sock *)sk;

	losses.loss$count++;
	return tp->snd_cwnd > 4 ? tp->snd_cwnd / 2 : 2;
}

SEC("struct_ops/lossy_undo_cwnd")
__u32 BPF_PROG(lossy_undo_cwnd, struct sock *sk)
{
	struct tcp_sock *tp = (struct tcp_sock *)sk;

	losses.loss$undone++;
	return tp->prior_cwnd;
}

SEC("struct_ops/lossy_cong_avoid")
void BPF_PROG(lossy_cong_avoid, struct sock *sk, __u32 ack, __u32 acked)
{
}

SEC(".struct_ops")
struct tcp_congestion_ops lossy = {
	.ssthresh = (void *)lossy_ssthresh,
	.cong_avoid = (void *)lossy_cong_avoid,
	.undo_cwnd = (void *)lossy_undo_cwnd,
	.name = "bpf_lossy",
};

char LICENSE[] SEC("license") = "GPL";
