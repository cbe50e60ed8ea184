/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* USDT arguments, read as libbpf's header does it. */
#include <skep/bpf/core.h>

#include <linux/ptrace.h>
#include <bpf/bpf_tracing.h>
#include <bpf/usdt.bpf.h>

SKEP_LICENSE("GPL");

__u64 hits;
long first, second;
__u64 cookie;

SEC("usdt")
int on_hit(struct pt_regs *ctx)
{
	bpf_usdt_arg(ctx, 0, &first);
	bpf_usdt_arg(ctx, 1, &second);
	cookie = bpf_usdt_cookie(ctx);
	__sync_fetch_and_add(&hits, 1);
	return 0;
}
