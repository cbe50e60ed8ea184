/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <skep/bpf/filter.h>
#include <skep/bpf/trace.h>
#include <bpf/bpf_endian.h>
#include "tcpconnect.h"

SKEP_LICENSE("GPL");

SKEP_HASH(attempts, __u64, struct connect_event, 65536);
SKEP_RINGBUF(events, struct connect_event, 1 << 20);

const volatile struct skep_filter filter;
const volatile __u16 only_port;
const volatile bool only_failed;

/* The process that connects is the current one; it is not when the answer comes. */
static __always_inline void begin(__u64 key)
{
	struct connect_event e = { .ns = skep_time_ns() };

	e.pid = skep_current_pid();
	e.uid = skep_current_uid();
	skep_current_comm(e.comm);
	skep_map_put(&attempts, &key, &e);
}

/* Where TCP itself has no error, the process went away, or connect() found no port to go out by. */
static __always_inline __u32 error_of(const struct sock *sk, int state)
{
	if (state == TCP_ESTABLISHED)
		return 0;
	if (sk->sk_err)
		return sk->sk_err;
	return sk->sk_shutdown ? 125 /* ECANCELED */ : 99 /* EADDRNOTAVAIL */;
}

static __always_inline void end(void *ctx, const struct tcp_sock *tcp, struct connect_event *to)
{
	const struct inet_sock *inet = &tcp->inet_conn.icsk_inet;
	const struct sock_common *sk = &inet->sk.__sk_common;

	to->ns = skep_time_ns() - to->ns;
	to->family = sk->skc_family;
	to->local_port = bpf_ntohs(inet->inet_sport);
	to->remote_port = bpf_ntohs(sk->skc_dport);
	if (to->family == 2) {
		__builtin_memcpy(to->local, &sk->skc_rcv_saddr, 4);
		__builtin_memcpy(to->remote, &sk->skc_daddr, 4);
	} else {
		bpf_core_read(to->local, 16, &sk->skc_v6_rcv_saddr);
		bpf_core_read(to->remote, 16, &sk->skc_v6_daddr);
	}
	if ((!only_failed || to->error) && (!only_port || only_port == to->remote_port))
		skep_emit(ctx, &events, e)
			*e = *to;
}

SEC("tp_btf/inet_sock_set_state")
int SKEP_FENTRY(on_state, const struct sock *sk, int before, int now)
{
	const struct tcp_sock *tcp = bpf_skc_to_tcp_sock((void *)sk);
	struct connect_event *attempt;
	__u64 key = (__u64)sk;

	if (tcp && now == TCP_SYN_SENT && skep_filter_accepts(&filter))
		begin(key);
	if (!tcp || (now != TCP_ESTABLISHED && now != TCP_CLOSE))
		return 0;
	attempt = skep_map_get(&attempts, &key);
	if (!attempt)
		return 0;
	attempt->error = error_of(sk, now);
	end(ctx, tcp, attempt);
	skep_map_del(&attempts, &key);
	return 0;
}
