/* SPDX-License-Identifier: 0BSD */
/* The kernel side: a clock at the entry of a system call, a histogram at its exit. */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <skep/bpf/hist.h>
#include <skep/bpf/latency.h>
#include <skep/bpf/trace.h>
#include "latency.h"

SKEP_LICENSE("GPL");

SKEP_LATENCY(calls, 10240);
SKEP_HIST_LOG2(call_ns);

const volatile __u32 number; /* of the system call; both are set by the user side before load */
const volatile __u32 pid;    /* of a process; 0: of any */

static bool wanted(void)
{
	return !pid || pid == skep_current_pid();
}

SEC("raw_tp/sys_enter")
int SKEP_RAW_TP(on_enter, struct pt_regs *regs, long id)
{
	if (id == number && wanted())
		skep_latency_start(&calls);
	return 0;
}

SEC("raw_tp/sys_exit")
int SKEP_RAW_TP(on_exit, struct pt_regs *regs, long result)
{
	__u64 ns = wanted() ? skep_latency_end(&calls) : 0;

	if (ns)
		skep_hist_add(&call_ns, ns);
	return 0;
}
