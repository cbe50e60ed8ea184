/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <skep/bpf/filter.h>
#include <skep/bpf/trace.h>
#include <bpf/bpf_endian.h>
#include "tcplife.h"

SKEP_LICENSE("GPL");

struct session {
	struct session_event event;
	__u32 syn, fin, wanted, zero; /* whether SYN and FIN were sent, and count as a byte each */
};

SKEP_HASH(sessions, __u64, struct session, 65536);
SKEP_RINGBUF(events, struct session_event, 1 << 20);

const volatile struct skep_filter filter;
const volatile __u16 only_port;

/* States change in interrupts too, where anybody is current; but who holds the lock is at work. */
static __always_inline void claim(struct session *s, const struct sock *sk)
{
	if (s->event.who.pid || !sk->sk_lock.owned)
		return;
	skep_current_who(&s->event.who);
	s->wanted = skep_filter_accepts(&filter);
}

static __always_inline void end(void *ctx, const struct tcp_sock *tcp, struct session *s)
{
	const struct inet_sock *inet = &tcp->inet_conn.icsk_inet;
	const struct sock_common *sk = &inet->sk.__sk_common;
	__u32 fin = s->fin && tcp->snd_una == tcp->write_seq;
	struct session_event *to = &s->event;

	to->ns = skep_time_ns() - to->ns;
	to->sent = tcp->bytes_acked ? tcp->bytes_acked - s->syn - fin : 0;
	/* SOCK_DONE: the other side's FIN came, which is counted as a byte, too. */
	to->received = tcp->bytes_received;
	to->received -= to->received && sk->skc_flags >> SOCK_DONE & 1;
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
	if (s->wanted &&
	    (!only_port || only_port == to->local_port || only_port == to->remote_port))
		skep_emit(ctx, &events, e)
			*e = *to;
}

SEC("tp_btf/inet_sock_set_state")
int SKEP_FENTRY(on_state, const struct sock *sk, int before, int now)
{
	const struct tcp_sock *tcp = bpf_skc_to_tcp_sock((void *)sk);
	struct session fresh = { .event.ns = skep_time_ns() }, *s;
	__u64 key = (__u64)sk;

	fresh.syn = now == TCP_SYN_SENT || before == TCP_SYN_SENT;
	fresh.wanted = skep_filter_accepts_who(&filter, NULL);
	if (tcp && (now == TCP_SYN_SENT || now == TCP_ESTABLISHED))
		skep_map_put_with(&sessions, &key, &fresh,
				  now == TCP_SYN_SENT ? BPF_ANY : BPF_NOEXIST);
	s = skep_map_get(&sessions, &key);
	if (!s || !tcp)
		return 0;
	if (now == TCP_ESTABLISHED)
		s->event.ns = fresh.event.ns;
	claim(s, sk);
	s->fin |= now == TCP_FIN_WAIT1 || now == TCP_LAST_ACK;
	if (now == TCP_CLOSE) {
		end(ctx, tcp, s);
		skep_map_del(&sessions, &key);
	}
	return 0;
}

/* Who reads first: a session that another side began may end without a word to its process. */
SEC("tp_btf/tcp_rcv_space_adjust")
int SKEP_FENTRY(on_read, const struct sock *sk)
{
	__u64 key = (__u64)sk;
	struct session *s = skep_map_get(&sessions, &key);

	if (s)
		claim(s, sk);
	return 0;
}
