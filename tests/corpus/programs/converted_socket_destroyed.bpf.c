/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A connection is destroyed by its converted pointer, not by that of the iterator. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct sock_common {
	unsigned char skc_state;
	unsigned short skc_num;
} __attribute__((preserve_access_index));

struct tcp_sock {
	__u32 total_retrans;
} __attribute__((preserve_access_index));

struct bpf_iter__tcp {
	void *meta;
	struct sock_common *sk_common;
	unsigned int uid;
} __attribute__((preserve_access_index));

extern int bpf_sock_destroy(struct sock_common *sock) __ksym;

SEC("iter/tcp")
int close_lossy(struct bpf_iter__tcp *ctx)
{
	struct sock_common *sk = ctx->sk_common;
	struct tcp_sock *tp;

	if (!sk || sk->skc_num != 22)
		return 0;
	tp = bpf_skc_to_tcp_sock(sk); /* cause */
	if (!tp || tp->total_retrans < 10)
		return 0;
	bpf_sock_destroy((struct sock_common *)tp); /* refused */
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
