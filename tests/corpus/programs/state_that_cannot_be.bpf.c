/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The compiler is told that no other state is possible, and leaves out the end. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 running, waiting;
__u32 state;

SEC("raw_tp/sched_process_exit")
int on_exit(void *ctx)
{
	switch (state) {
	case 0:
		__sync_fetch_and_add(&running, 1);
		return 0;
	case 1:
		__sync_fetch_and_add(&waiting, 1);
		return 0;
	}
	asm volatile("");
	__builtin_unreachable(); /* cause */
}

char LICENSE[] SEC("license") = "GPL";
