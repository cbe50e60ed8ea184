/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A ring of each processor, with records of two types that have a time; with -DAS_PERF one, which can
 * be perf buffers. Reports each exec of a program
 * named "skepmark", in a record of each; the second is written first, with a time that is later.
 */
#ifdef AS_PERF
#define SKEP_WITH_PERF
#endif
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

enum mark_tag {
	MARK_PID = 5,
	MARK_NAME = 9,
	MARK_NEVER = 10,
};

struct mark_pid {
	__u32 pid;
	__u64 time SKEP_TIME;
};

struct mark_name {
	__u64 time SKEP_TIME;
	char comm[16];
	__u32 cpu;
};

struct mark_never {
	__u64 time SKEP_TIME;
};

union mark {
	struct mark_pid MARK_PID;
	struct mark_name MARK_NAME;
	struct mark_never MARK_NEVER;
};

#ifdef AS_PERF
SKEP_RINGBUF_TAGGED(skepmark_many, union mark, 1 << 16);
#else
SKEP_RINGBUF_TAGGED_PER_CPU(skepmark_many, union mark, 1 << 16);
#endif

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	const char mark[] = "skepmark";
	__u64 now = bpf_ktime_get_ns();
	char comm[16];

	bpf_get_current_comm(comm, sizeof(comm));
	for (int i = 0; i < 9; i++)
		if (comm[i] != mark[i])
			return 0;
	skep_emit_as(ctx, &skepmark_many, MARK_NAME, e) {
		e->time = now + 1;
		e->cpu = bpf_get_smp_processor_id();
		__builtin_memcpy(e->comm, comm, sizeof(comm));
	}
	skep_emit_as(ctx, &skepmark_many, MARK_PID, e) {
		e->pid = bpf_get_current_pid_tgid() >> 32;
		e->time = now;
	}
	return 0;
}
