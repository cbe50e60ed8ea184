/* SPDX-License-Identifier: 0BSD */
/* The kernel side: one program at the entry of all the functions, one at their return. */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <skep/bpf/hist.h>
#include <skep/bpf/time.h>
#include <skep/bpf/trace.h>
#include "functions.h"

SKEP_LICENSE("GPL");

/* A call that has not returned. Functions that end in a jump to another have the same frame as that one. */
struct call {
	struct skep_frame frame;
	__u64 function;
};

SKEP_LRU_HASH(starts, struct call, __u64, 16384);
SKEP_HIST_LOG2_BY(took_ns, __u32, FUNCTIONS); /* by the function's number */

SEC("uprobe.multi")
int SKEP_UPROBE(on_call)
{
	struct call call = { skep_frame_at_entry(ctx), bpf_get_attach_cookie(ctx) };
	__u64 now = skep_time_ns();

	skep_map_put(&starts, &call, &now);
	return 0;
}

SEC("uretprobe.multi")
int SKEP_URETPROBE(on_return)
{
	struct call call = { skep_frame_at_return(ctx), bpf_get_attach_cookie(ctx) };
	__u64 now = skep_time_ns(), *start = skep_map_get(&starts, &call);
	__u32 number = (__u32)call.function;

	if (!start)
		return 0; /* it was called before we came */
	skep_hist_add_to(&took_ns, &number, now - *start);
	skep_map_del(&starts, &call);
	return 0;
}
