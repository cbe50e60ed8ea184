/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Drops and counts every packet, and sees every getpgid(). Included once, with VERSION. */
#include <skep/bpf/core.h>

#include "upgrade.h"

#ifdef __TARGET_ARCH_arm64
#define NR_GETPGID 155
#else
#define NR_GETPGID 121
#endif

SKEP_LICENSE("GPL");

struct count {
#if VERSION == 3
	__u64 bytes;
#endif
	__u64 packets;
};

SKEP_RINGBUF(events, struct seen, VERSION == 2 ? 1 << 20 : 1 << 22);
#if VERSION == 5
SKEP_HASH(counts, __u32, struct count, 64);
#else
SKEP_ARRAY(counts, struct count, 64);
#endif

__u64 calls;
const volatile __u32 only_pid;

SEC("xdp")
int drop(struct xdp_md *ctx)
{
	__u32 key = 7;
	struct count *count = bpf_map_lookup_elem(&counts, &key);

	if (count)
		__sync_fetch_and_add(&count->packets, 1);
	skep_emit(ctx, &events, e)
		e->version = VERSION;
	return XDP_DROP;
}

SEC("raw_tp/sys_enter")
int enter(struct bpf_raw_tracepoint_args *ctx)
{
	if (ctx->args[1] == NR_GETPGID && (__u32)(bpf_get_current_pid_tgid() >> 32) == only_pid)
		__sync_fetch_and_add(&calls, 1);
	return 0;
}

#if VERSION == 1
SEC("raw_tp/sched_process_exit")
int only_in_the_first(void *ctx)
{
	return 0;
}
#elif VERSION == 2
SEC("raw_tp/sched_process_exec")
int only_in_the_second(void *ctx)
{
	return 0;
}
#elif VERSION == 4
SEC("raw_tp/sched_process_exec")
int refused(void *ctx)
{
	return *(int *)8;
}
#elif VERSION == 6
SEC("raw_tp/skep_no_such_tracepoint")
int nowhere(void *ctx)
{
	return 0;
}
#endif
