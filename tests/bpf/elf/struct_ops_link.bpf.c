/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Sections that libbpf 1.1 does not know: the object that it gets has other names for them. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct sock {
	int family;
} __attribute__((preserve_access_index));

struct tcp_congestion_ops {
	__u32 (*ssthresh)(struct sock *sk);
	void (*init)(struct sock *sk);
	char name[16];
};

SEC("struct_ops/ssthresh")
__u32 BPF_PROG(ssthresh, struct sock *sk)
{
	return sk->family;
}

SEC("struct_ops.s/init")
void BPF_PROG(init, struct sock *sk)
{
}

SEC("?struct_ops.s")
void BPF_PROG(spare, struct sock *sk)
{
}

SEC(".struct_ops.link")
struct tcp_congestion_ops skep_cc = {
	.ssthresh = (void *)ssthresh,
	.init = (void *)init,
	.name = "skep_cc",
};

char _license[] SEC("license") = "GPL";
