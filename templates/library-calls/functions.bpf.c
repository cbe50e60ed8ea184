/* SPDX-License-Identifier: 0BSD */
/* The kernel side: one program at the entry of all the functions, one at their return. */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <skep/bpf/hist.h>
#include <skep/bpf/time.h>
#include <skep/bpf/trace.h>
#include "functions.h"

SKEP_LICENSE("GPL");

/*
 * A call that has not returned. The place on the stack tells a function from itself, where it is called again
 * inside; the function's number tells those that end in a jump to another, which have the same place.
 */
struct frame {
	__u64 thread;
	__u64 stack;
	__u64 function;
};

SKEP_LRU_HASH(starts, struct frame, __u64, 16384);
SKEP_HIST_LOG2_BY(took_ns, __u32, FUNCTIONS); /* by the function's number */

/* x86-64 has taken the return address from the stack when a function has returned. */
#ifdef __TARGET_ARCH_x86
#define TAKEN_BYTES 8
#else
#define TAKEN_BYTES 0
#endif

SEC("uprobe.multi")
int SKEP_UPROBE(on_call)
{
	struct frame frame = {
		.thread = bpf_get_current_pid_tgid(),
		.stack = skep_stack_pointer(ctx),
		.function = bpf_get_attach_cookie(ctx),
	};
	__u64 now = skep_time_ns();

	skep_map_put(&starts, &frame, &now);
	return 0;
}

SEC("uretprobe.multi")
int SKEP_URETPROBE(on_return)
{
	struct frame frame = {
		.thread = bpf_get_current_pid_tgid(),
		.stack = skep_stack_pointer(ctx) - TAKEN_BYTES,
		.function = bpf_get_attach_cookie(ctx),
	};
	__u64 now = skep_time_ns(), *start = skep_map_get(&starts, &frame);
	__u32 number = (__u32)frame.function;

	if (!start)
		return 0; /* it was called before we came */
	skep_hist_add_to(&took_ns, &number, now - *start);
	skep_map_del(&starts, &frame);
	return 0;
}
