/* SPDX-License-Identifier: 0BSD */
/*
 * The last place, and the one behind it
 *
 * Eight places have the numbers 0 to 7. The check below is there, and still the verifier refuses: it
 * has found a number with which the program leaves the value of its map.
 *
 * To do: count levels 0 to 7. Others are counted nowhere.
 */
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
	if (level <= 8)
		levels->seen[level] += 1;
	return 0;
}
