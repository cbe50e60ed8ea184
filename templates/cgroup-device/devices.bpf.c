/* SPDX-License-Identifier: 0BSD */
/* The kernel side: asked before a process of the group opens or makes a device. */
#include <linux/bpf.h>
#include <skep/bpf/core.h>
#include "devices.h"

SKEP_LICENSE("GPL");

SKEP_HASH(refused, struct device, __u64, 256); /* how often */

SEC("cgroup/dev")
int may_use(struct bpf_cgroup_dev_ctx *ctx)
{
	struct device device = { ctx->major, ctx->minor };
	__u64 *times = skep_map_get(&refused, &device);

	if (!times)
		return 1;
	__sync_fetch_and_add(times, 1);
	return 0; /* EPERM */
}
