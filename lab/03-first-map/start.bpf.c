/* SPDX-License-Identifier: 0BSD */
/*
 * A map: counting by key
 *
 * A map is memory that programs and user space share: here a hash, from a number to a count. It is
 * empty when the program is loaded.
 *
 * To do: count in `counts` how often on_event() was given each number. Those that were never given
 * must not be in the map.
 */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

SKEP_HASH(counts, __u32, __u64, 1024);

SEC("raw_tp/sys_enter")
int on_event(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 number = ctx->args[0];
	__u64 *count = skep_map_get(&counts, &number);

	if (count)
		*count += 1;
	/* TODO: and when it is the first of its number? */
	return 0;
}
