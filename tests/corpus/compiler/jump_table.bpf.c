/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* GNU C's computed goto. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	static const void *const targets[] = { &&one, &&two, &&one, &&two };

	goto *targets[bpf_get_prandom_u32() & 3];
one:
	return 1;
two:
	return bpf_get_prandom_u32();
}

char LICENSE[] SEC("license") = "GPL";
