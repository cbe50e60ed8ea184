/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* I wait until user space has taken the old sample. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct sample {
	__u64 time;
	__u32 pid;
	__u32 cpu;
	char comm[16];
};

struct sample shared;
volatile __u32 full;
__u64 samples;

static __always_inline void wait_until_read(void)
{
	while (full) /* refused */
		;
}

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;

	if (!pid)
		return 0;
	wait_until_read();
	shared.time = bpf_ktime_get_ns();
	shared.pid = pid;
	shared.cpu = bpf_get_smp_processor_id();
	bpf_get_current_comm(shared.comm, sizeof(shared.comm));
	samples++;
	full = 1;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
