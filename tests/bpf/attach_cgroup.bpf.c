/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A program for each hook of control groups: it counts, and lets everything pass. */
#include <skep/bpf/core.h>

#include "attach_cgroup.h"

SKEP_LICENSE("GPL");

__u64 hits[HIT_COUNT];

#define COUNTS(name, section, hit)                                                                 \
	SEC(section)                                                                               \
	int name(void *ctx)                                                                        \
	{                                                                                          \
		__sync_fetch_and_add(&hits[hit], 1);                                               \
		return 1;                                                                          \
	}

COUNTS(ingress, "cgroup_skb/ingress", HIT_INGRESS)
COUNTS(egress, "cgroup_skb/egress", HIT_EGRESS)
COUNTS(skb, "cgroup/skb", HIT_SKB)
COUNTS(sock, "cgroup/sock", HIT_SOCK)
COUNTS(sock_create, "cgroup/sock_create", HIT_SOCK_CREATE)
COUNTS(sock_release, "cgroup/sock_release", HIT_SOCK_RELEASE)
COUNTS(post_bind4, "cgroup/post_bind4", HIT_POST_BIND4)
COUNTS(post_bind6, "cgroup/post_bind6", HIT_POST_BIND6)
COUNTS(bind4, "cgroup/bind4", HIT_BIND4)
COUNTS(bind6, "cgroup/bind6", HIT_BIND6)
COUNTS(connect4, "cgroup/connect4", HIT_CONNECT4)
COUNTS(connect6, "cgroup/connect6", HIT_CONNECT6)
COUNTS(getpeername4, "cgroup/getpeername4", HIT_GETPEERNAME4)
COUNTS(getpeername6, "cgroup/getpeername6", HIT_GETPEERNAME6)
COUNTS(getsockname4, "cgroup/getsockname4", HIT_GETSOCKNAME4)
COUNTS(getsockname6, "cgroup/getsockname6", HIT_GETSOCKNAME6)
COUNTS(sendmsg4, "cgroup/sendmsg4", HIT_SENDMSG4)
COUNTS(sendmsg6, "cgroup/sendmsg6", HIT_SENDMSG6)
COUNTS(recvmsg4, "cgroup/recvmsg4", HIT_RECVMSG4)
COUNTS(recvmsg6, "cgroup/recvmsg6", HIT_RECVMSG6)
COUNTS(get_option, "cgroup/getsockopt", HIT_GETSOCKOPT)
COUNTS(set_option, "cgroup/setsockopt", HIT_SETSOCKOPT)
COUNTS(sysctl, "cgroup/sysctl", HIT_SYSCTL)
COUNTS(dev, "cgroup/dev", HIT_DEV)
COUNTS(tcp_events, "sockops", HIT_SOCKOPS)

/* For mistakes: a second one of a kind, and one of another. */
COUNTS(egress_too, "cgroup_skb/egress", HIT_EGRESS)

SEC("xdp")
int not_for_groups(struct xdp_md *ctx)
{
	return XDP_PASS;
}
