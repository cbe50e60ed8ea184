/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What older kernels do not load. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

__u64 packets;

SEC("netfilter")
int filter(void *ctx)
{
	__sync_fetch_and_add(&packets, 1);
	return 1; /* NF_ACCEPT */
}
