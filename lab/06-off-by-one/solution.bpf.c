/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

struct levels {
	__u64 seen[8];
};
SKEP_ARRAY(stats, struct levels, 1);

SEC("raw_tp/sys_enter")
int on_level(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 level = ctx->args[0];
	__u32 zero = 0;
	struct levels *levels = skep_map_get(&stats, &zero);

	if (!levels)
		return 0;
	if (level < 8)
		levels->seen[level] += 1;
	return 0;
}
