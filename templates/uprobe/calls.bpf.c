/* SPDX-License-Identifier: 0BSD */
/* The kernel side: when the function is called, and when it returns. */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <skep/bpf/time.h>
#include <skep/bpf/trace.h>
#include "calls.h"

SKEP_LICENSE("GPL");

struct start {
	__u64 at;
	__u64 arguments[3];
};

SKEP_LRU_HASH(starts, __u64, struct start, 10240); /* by thread */
SKEP_RINGBUF(events, struct call_event, 1 << 20);

SEC("uprobe")
int SKEP_UPROBE(on_call, __u64 a, __u64 b, __u64 c)
{
	struct start start = { skep_time_ns(), { a, b, c } };
	__u64 thread = bpf_get_current_pid_tgid();

	skep_map_put(&starts, &thread, &start);
	return 0;
}

SEC("uretprobe")
int SKEP_URETPROBE(on_return, __u64 result)
{
	__u64 thread = bpf_get_current_pid_tgid(), now = skep_time_ns();
	struct start *start = skep_map_get(&starts, &thread);

	if (!start)
		return 0; /* it was called before we came */
	skep_emit(ctx, &events, e) {
		e->pid = skep_current_pid();
		e->tid = skep_current_tid();
		for (int i = 0; i < 3; i++)
			e->arguments[i] = start->arguments[i];
		e->result = result;
		e->took_ns = now - start->at;
		skep_current_comm(e->comm);
	}
	skep_map_del(&starts, &thread);
	return 0;
}
