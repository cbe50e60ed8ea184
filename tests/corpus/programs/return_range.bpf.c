/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A cgroup program says yes or no, and nothing else. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("cgroup/bind4")
int on_bind(struct bpf_sock_addr *ctx)
{
	return ctx->user_port == 0 ? 1 : 5; /* refused */
}

char LICENSE[] SEC("license") = "GPL";
