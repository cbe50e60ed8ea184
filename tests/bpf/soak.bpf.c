/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Writes a few records, with the time; and a program that the kernel does not run in itself. */
#include <skep/bpf/core.h>

#include "soak.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF(events, struct soak_event, 1 << 18);
SKEP_RINGBUF(faults, struct soak_event, 4096);

const volatile __u32 only;

__u64 written;
__u64 inside;

/* args[0]: how many. */
SEC("raw_tp")
int emit(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 count = ctx->args[0];

	for (__u32 i = 0; i < 8 && i < count; i++)
		skep_emit(ctx, &events, e) {
			e->at_ns = bpf_ktime_get_ns();
			__sync_fetch_and_add(&written, 1);
		}
	return 0;
}

/* Reads from where nothing is: that faults, and the kernel would run it again. */
SEC("raw_tp/page_fault_kernel")
int on_fault(void *ctx)
{
	__u64 nothing;

	if (skep_current_pid() != only || inside)
		return 0;
	inside = 1; /* for kernels that do run it again */
	skep_emit(ctx, &faults, e)
		e->at_ns = 0;
	bpf_probe_read_user(&nothing, sizeof(nothing), (void *)8);
	inside = 0;
	return 0;
}
