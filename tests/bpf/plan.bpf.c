/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Three ways to see a getpgid(), and three to see a packet. All load where their hooks are. */
#include <skep/bpf/core.h>

#include "plan.h"

SKEP_LICENSE("GPL");

#ifdef __TARGET_ARCH_arm64
#define NR_GETPGID 155
#else
#define NR_GETPGID 121
#endif

__u64 seen[SEEN_KINDS];
__u32 only_pid;

static void saw(int what)
{
	if (only_pid == (__u32)(bpf_get_current_pid_tgid() >> 32))
		__sync_fetch_and_add(&seen[what], 1);
}

SEC("fentry/__x64_sys_getpgid")
int by_fentry(void *ctx)
{
	saw(SEEN_FENTRY);
	return 0;
}

SEC("ksyscall/getpgid")
int by_ksyscall(void *ctx)
{
	saw(SEEN_SYSCALL);
	return 0;
}

SEC("raw_tp/sys_enter")
int by_raw_tp(struct bpf_raw_tracepoint_args *ctx)
{
	if (ctx->args[1] == NR_GETPGID)
		saw(SEEN_RAW);
	return 0;
}

SEC("xdp")
int by_xdp(struct xdp_md *ctx)
{
	__sync_fetch_and_add(&seen[SEEN_XDP], 1);
	return XDP_PASS;
}

SEC("xdp")
int by_xdp_too(struct xdp_md *ctx)
{
	__sync_fetch_and_add(&seen[SEEN_XDP_TOO], 1);
	return XDP_PASS;
}

SEC("tc")
int by_tc(struct __sk_buff *skb)
{
	__sync_fetch_and_add(&seen[SEEN_TC], 1);
	return 0;
}

SEC("lwt_in")
int no_plan(struct __sk_buff *skb)
{
	return 0;
}
