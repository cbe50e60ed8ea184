/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What takes the place of attach_trace_base's function. */
#include <skep/bpf/core.h>

#include "attach_trace.h"

SKEP_LICENSE("GPL");

__u64 hits[HIT_COUNT];

SEC("freplace")
int choose_instead(struct xdp_md *ctx)
{
	__sync_fetch_and_add(&hits[HIT_REPLACED], 1);
	return XDP_PASS;
}
