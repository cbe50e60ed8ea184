/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("cgroup/bind4")
int on_bind(struct bpf_sock_addr *ctx)
{
	return ctx->user_port == 0 ? 1 : 0;
}

char LICENSE[] SEC("license") = "GPL";
