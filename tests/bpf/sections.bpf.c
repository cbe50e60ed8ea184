/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A program in each section that libbpf 1.1 does not know, and two that it does. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

__u64 calls;

#define PROGRAM(name, section)                                                                     \
	SEC(section)                                                                               \
	int name(void *ctx)                                                                        \
	{                                                                                          \
		return 0;                                                                          \
	}

PROGRAM(p0, "?uprobe.multi/libc.so.6:malloc")
PROGRAM(p1, "?uretprobe.multi/libc.so.6:malloc")
PROGRAM(p2, "?uprobe.multi.s/libc.so.6:malloc")
PROGRAM(p3, "?uretprobe.multi.s/libc.so.6:malloc")
PROGRAM(p4, "?uprobe.session/libc.so.6:malloc")
PROGRAM(p5, "?uprobe.session.s/libc.so.6:malloc")
PROGRAM(p6, "?kprobe.session/vfs_*")
PROGRAM(p7, "?usdt.s/libc.so.6:libc:setjmp")
PROGRAM(p8, "?tcx/ingress")
PROGRAM(p9, "?tcx/egress")
PROGRAM(p10, "?tc/ingress")
PROGRAM(p11, "?tc/egress")
PROGRAM(p12, "?netkit/primary")
PROGRAM(p13, "?netkit/peer")
PROGRAM(p14, "?cgroup/connect_unix")
PROGRAM(p15, "?cgroup/sendmsg_unix")
PROGRAM(p16, "?cgroup/recvmsg_unix")
PROGRAM(p17, "?cgroup/getpeername_unix")
PROGRAM(p18, "?cgroup/getsockname_unix")
PROGRAM(p19, "?sk_skb/verdict")

/* The verifier wants an answer: accept. */
SEC("?netfilter")
int p20(void *ctx)
{
	return 1;
}

SEC("?fsession/do_nanosleep")
int session(void *ctx)
{
	__sync_fetch_and_add(&calls, 1);
	return 0;
}

/* Nobody's, and none of skep's: prefixes of its names are not enough. */
PROGRAM(nobodys, "?tcx/ingres")
PROGRAM(nobodys_too, "?uprobe.multiple/x")

PROGRAM(known, "?kprobe/do_nanosleep")
PROGRAM(known_too, "?uprobe")
