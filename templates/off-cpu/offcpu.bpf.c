/* SPDX-License-Identifier: 0BSD */
/* The kernel side: runs whenever a processor goes from one thread to another. */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <skep/bpf/field.h>
#include <skep/bpf/stack.h>
#include <skep/bpf/trace.h>
#include <bpf/bpf_core_read.h>
#include "offcpu.h"

SKEP_LICENSE("GPL");

struct leave {
	__u64 at;
	struct place place;
};

SKEP_STACK_TRACE(stacks, STACK_DEPTH, 16384);
SKEP_HASH(left, __u32, struct leave, 65536); /* by thread: those that wait now */
SKEP_HASH(waits, struct place, struct waited, 16384);

const volatile __u32 only_pid; /* set by the user side before load; 0: all */

__u64 full;   /* waits for which there was no room */
__u64 untold; /* waits whose end the kernel did not tell */

/* Up to 5.13 it was called state. */
SKEP_FIELDS(task_struct, states, unsigned int __state; long state;);

#define DEAD 0x80 /* a thread that ends: it will not come back */

/* Still on its own stacks, the current thread leaves. */
static void leave(void *ctx, bool preempted)
{
	__u32 tid = skep_current_tid();
	struct leave now = { .place.pid = skep_current_pid(), .place.preempted = preempted };
	struct skep_stack_ids ids;

	if (!tid || (only_pid && now.place.pid != only_pid))
		return; /* 0 is a processor that has nothing to do */
	ids = skep_stack_ids(ctx, &stacks);
	now.place.user = ids.user;
	now.place.kernel = ids.kernel;
	skep_current_comm(now.place.comm);
	now.at = skep_time_ns();
	if (skep_map_get(&left, &tid))
		skep_atomic_add(&untold, 1);
	if (skep_map_put(&left, &tid, &now))
		skep_atomic_add(&full, 1);
}

static void come_back(__u32 tid)
{
	struct leave *then = skep_map_get(&left, &tid);
	struct waited none = {}, *waited;
	__u64 now = skep_time_ns();

	if (!then)
		return; /* it left before we came */
	waited = skep_map_get_or_put(&waits, &then->place, &none);
	if (waited) {
		skep_atomic_add(&waited->ns, now - then->at);
		skep_atomic_add(&waited->times, 1);
	} else {
		skep_atomic_add(&full, 1);
	}
	skep_map_del(&left, &tid);
}

SEC("raw_tp/sched_switch")
int SKEP_RAW_TP(on_switch, bool interrupted, struct task_struct *from, struct task_struct *to)
{
	struct task_struct___states *task = (void *)from;
	__u32 state = skep_field_any(task, 0u, __state, state);

	/* Who is interrupted, or still in state 0, running, waits for nothing but a processor. */
	if (!(state & DEAD))
		leave(ctx, interrupted || !state);
	come_back((__u32)BPF_CORE_READ(to, pid));
	return 0;
}
