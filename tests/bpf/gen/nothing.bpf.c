/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* As little as an object can have. */
#include <skep/bpf/base.h>

SKEP_LICENSE("GPL");

SEC("raw_tp")
int run(void *ctx)
{
	return 0;
}
