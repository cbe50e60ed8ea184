/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <skep/bpf/filter.h>
#include <skep/bpf/syscall.h>
#include <skep/bpf/trace.h>
#include <bpf/bpf_endian.h>
#include "bindwatch.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF(events, struct bind_event, 1 << 20);

const volatile struct skep_filter filter;
const volatile __s32 nr_bind, nr_listen;
const volatile __u16 only_port;
const volatile bool only_failed;

/* The socket behind a file descriptor; NULL: what was one is closed again. */
static __always_inline struct sock *socket_of(__u32 fd)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **files = BPF_CORE_READ(table, fd), *file = NULL;
	struct socket *socket;

	if (fd >= BPF_CORE_READ(table, max_fds) ||
	    bpf_probe_read_kernel(&file, sizeof(file), files + fd))
		return NULL;
	socket = BPF_CORE_READ(file, private_data);
	return BPF_CORE_READ(socket, file) == file ? BPF_CORE_READ(socket, sk) : NULL;
}

/* Of a bind() that failed what was asked for; else what came of it, as the port for 0. */
static __always_inline void read_place(struct bind_event *e, struct sock *sk, const void *wish)
{
	bool is_ip4 = e->family == 2;

	if (wish) {
		bpf_probe_read_user(&e->port, 2, wish + 2);
		e->port = bpf_ntohs(e->port);
		bpf_probe_read_user(e->address, is_ip4 ? 4 : 16, wish + (is_ip4 ? 4 : 8));
		return;
	}
	e->port = BPF_CORE_READ(sk, __sk_common.skc_num);
	if (is_ip4)
		bpf_core_read(e->address, 4, &sk->__sk_common.skc_rcv_saddr);
	else
		bpf_core_read(e->address, 16, &sk->__sk_common.skc_v6_rcv_saddr);
}

/* With BTF the number is read by a load: nearly all calls are others, and pay for this. */
SEC("tp_btf/sys_exit")
int SKEP_FENTRY(on_exit, struct pt_regs *regs, long result)
{
	long raw = skep_syscall_number_btf(regs), number = skep_current_syscall(raw);
	struct bind_event event = { .error = result };
	struct skep_syscall call;
	struct sock *sk;

	if ((number != nr_bind && number != nr_listen) || !skep_filter_accepts(&filter))
		return 0;
	skep_syscall_read(regs, raw, &call);
	sk = socket_of(call.args[0]);
	event.family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if ((event.family != 2 && event.family != 10) || (only_failed && !result))
		return 0;
	event.listens = number == nr_listen;
	read_place(&event, sk, result && !event.listens ? (void *)call.args[1] : NULL);
	event.protocol = BPF_CORE_READ(sk, sk_protocol);
	event.reuse_address = BPF_CORE_READ_BITFIELD_PROBED(sk, __sk_common.skc_reuse);
	event.reuse_port = BPF_CORE_READ_BITFIELD_PROBED(sk, __sk_common.skc_reuseport);
	skep_current_who(&event.who);
	if (!only_port || only_port == event.port)
		skep_emit(ctx, &events, e)
			*e = event;
	return 0;
}
