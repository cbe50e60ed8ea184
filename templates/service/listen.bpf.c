/* SPDX-License-Identifier: 0BSD */
/* The kernel side: at each change of a socket's state. */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <skep/bpf/trace.h>
#include <bpf/bpf_core_read.h>
#include "listen.h"

SKEP_LICENSE("GPL");

#define FAMILY_INET 2

SKEP_RINGBUF(events, struct listen_event, 1 << 18);

SEC("tp_btf/inet_sock_set_state")
int SKEP_FENTRY(on_state, const struct sock *sk, int old, int new)
{
	if (new != TCP_LISTEN || sk->sk_protocol != IPPROTO_TCP)
		return 0;
	skep_emit_zeroed(ctx, &events, e) {
		e->pid = skep_current_pid();
		e->uid = skep_current_uid();
		e->family = sk->__sk_common.skc_family;
		e->port = sk->__sk_common.skc_num;
		if (e->family == FAMILY_INET)
			__builtin_memcpy(e->address, &sk->__sk_common.skc_rcv_saddr, 4);
		else
			BPF_CORE_READ_INTO(&e->address, sk, __sk_common.skc_v6_rcv_saddr);
		skep_current_comm(e->comm);
	}
	return 0;
}
