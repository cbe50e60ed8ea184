/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Programs that do nothing, for the cost of attaching them. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

SEC("uprobe.multi")
int many(void *ctx)
{
	return 0;
}

SEC("uprobe")
int single(void *ctx)
{
	return 0;
}
