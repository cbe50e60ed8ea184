/* SPDX-License-Identifier: 0BSD */
/* The kernel side: runs before the function. If it returns an error, that is the result, and nothing else runs. */
#include <linux/bpf.h>
#include <skep/bpf/core.h>
#include <skep/bpf/security.h>
#include "fault.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF(events, struct fault_event, 1 << 18);

/* Set by the user side before load: whose calls fail, of a process or of a control group, and how. */
const volatile __u32 only_pid;
const volatile __u64 only_cgroup;
const volatile int error;

static bool is_meant(void)
{
	if (only_pid)
		return skep_current_pid() == only_pid;
	return skep_task_is_in_cgroup(NULL, only_cgroup);
}

SEC("fmod_ret")
long fail(void *ctx) /* all 64 bits are the result */
{
	if (!is_meant())
		return 0; /* the function runs as ever */
	skep_emit(ctx, &events, e) {
		e->pid = skep_current_pid();
		e->uid = skep_current_uid();
		skep_current_comm(e->comm);
	}
	return -error;
}
