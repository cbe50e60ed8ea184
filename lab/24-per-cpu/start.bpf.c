/* SPDX-License-Identifier: 0BSD */
/*
 * Counting without sharing
 *
 * A counter that all processors write to goes from cache to cache, or loses counts. A per-CPU map has a
 * value for each of them: the program sees its own, user space sees all and adds them up.
 *
 * To do: make `hits` such a map. on_event() stays as it is.
 */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

SKEP_ARRAY(hits, __u64, 1);

SEC("raw_tp/sys_enter")
int on_event(void *ctx)
{
	__u32 zero = 0;
	__u64 *mine = skep_map_get(&hits, &zero);

	if (mine)
		*mine += 1;
	return 0;
}
