/* SPDX-License-Identifier: 0BSD */
/* The kernel side: asked before a connect() of a process of the control group goes out. */
#include <linux/bpf.h>
#include <skep/bpf/core.h>
#include "redirect.h"

SKEP_LICENSE("GPL");

SKEP_HASH(redirections, struct place, struct redirection, 1024);

SEC("cgroup/connect4")
int on_connect(struct bpf_sock_addr *ctx)
{
	struct place meant = { .address = ctx->user_ip4, .port = ctx->user_port };
	struct redirection *found = skep_map_get(&redirections, &meant);

	if (found) {
		ctx->user_ip4 = found->to.address;
		ctx->user_port = found->to.port;
		__sync_fetch_and_add(&found->connections, 1);
	}
	return 1; /* go on; 0 would refuse it with EPERM */
}
