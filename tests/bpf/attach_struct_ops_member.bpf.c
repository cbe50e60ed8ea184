/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The kernel's struct has no such member. */
#include <skep/bpf/core.h>

#include <bpf/bpf_tracing.h>

SKEP_LICENSE("GPL");

struct sock;

struct tcp_congestion_ops {
	__u32 (*ssthres)(struct sock *sk);
	char name[16];
} __attribute__((preserve_access_index));

SEC("struct_ops/ssthres")
__u32 BPF_PROG(ssthresh, struct sock *sk)
{
	return 10;
}

SEC(".struct_ops")
struct tcp_congestion_ops wrong = {
	.ssthres = (void *)ssthresh,
	.name = "skep_wrong",
};
