/* SPDX-License-Identifier: 0BSD */
/* The kernel side: runs at each sample, on whatever the processor was doing. */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <skep/bpf/stack.h>
#include "profile.h"

SKEP_LICENSE("GPL");

SKEP_STACK_TRACE(stacks, 127, 16384);
SKEP_HASH(samples, struct place, __u64, 16384);

const volatile __u32 only_pid; /* set by the user side before load; 0: all */

SEC("perf_event")
int on_sample(struct bpf_perf_event_data *ctx)
{
	struct place place = { .pid = skep_current_pid() };
	struct skep_stack_ids ids;

	if (!place.pid || (only_pid && place.pid != only_pid))
		return 0; /* 0 is a processor that has nothing to do */
	ids = skep_stack_ids(ctx, &stacks);
	place.user = ids.user;
	place.kernel = ids.kernel;
	skep_current_comm(place.comm);
	skep_map_add(&samples, &place, 1);
	return 0;
}
