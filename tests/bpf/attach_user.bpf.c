/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Programs for uprobes: each counts in the slot that its cookie names. */
#include <skep/bpf/core.h>

#include "attach_user.h"

SKEP_LICENSE("GPL");

__u64 calls[ATTACH_USER_SLOTS];
__u32 last_pid;

static int count(void *ctx)
{
	__u64 slot = bpf_get_attach_cookie(ctx) & (ATTACH_USER_SLOTS - 1);

	last_pid = bpf_get_current_pid_tgid() >> 32;
	__sync_fetch_and_add(&calls[slot], 1);
	return 0;
}

SEC("uprobe")
int on_call(void *ctx)
{
	return count(ctx);
}

SEC("uretprobe")
int on_return(void *ctx)
{
	return count(ctx);
}

SEC("uprobe.s")
int on_sleepable(void *ctx)
{
	return count(ctx);
}

SEC("uprobe.multi")
int on_many(void *ctx)
{
	return count(ctx);
}

SEC("uretprobe.multi")
int on_many_returns(void *ctx)
{
	return count(ctx);
}

SEC("uprobe.session")
int on_both(void *ctx)
{
	return count(ctx);
}

SEC("usdt")
int on_probe(void *ctx)
{
	return count(ctx);
}

SEC("uprobe/libstand.so.1:stand_one")
int by_section(void *ctx)
{
	return count(ctx);
}

SEC("uprobe/libstand.so.1:stand_onee")
int mistyped(void *ctx)
{
	return count(ctx);
}

SEC("usdt/libstand.so.1:stand:hit")
int usdt_by_section(void *ctx)
{
	return count(ctx);
}

SEC("kprobe.multi")
int of_the_kernel(void *ctx)
{
	return 0;
}
