/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

const volatile __u32 wanted;
__u64 calls;

SEC("raw_tp/sys_enter")
int on_call(void *ctx)
{
	if (skep_current_pid() == wanted)
		__sync_fetch_and_add(&calls, 1);
	return 0;
}
