/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

SKEP_PERCPU_ARRAY(hits, __u64, 1);

SEC("raw_tp/sys_enter")
int on_event(void *ctx)
{
	__u32 zero = 0;
	__u64 *mine = skep_map_get(&hits, &zero);

	if (mine)
		*mine += 1;
	return 0;
}
