/* SPDX-License-Identifier: 0BSD */
/* The kernel side: asked which socket gets a new connection or a datagram. */
#include <linux/bpf.h>
#include <skep/bpf/core.h>
#include "lookup.h"

SKEP_LICENSE("GPL");

SKEP_SOCKMAP(server, 1);

const volatile __u16 first_port, last_port; /* set by the user side before load */

__u64 taken;

SEC("sk_lookup")
int choose(struct bpf_sk_lookup *ctx)
{
	struct bpf_sock *socket;
	long err;

	if (ctx->local_port < first_port || ctx->local_port > last_port)
		return SK_PASS; /* as if this were not here */
	socket = bpf_map_lookup_elem(&server, &(__u32){ 0 });
	if (!socket)
		return SK_PASS;
	err = bpf_sk_assign(ctx, socket, 0);
	bpf_sk_release(socket);
	if (!err)
		__sync_fetch_and_add(&taken, 1);
	return SK_PASS;
}
