/* SPDX-License-Identifier: 0BSD */
/*
 * The kernel side: one queue for all CPUs. What of sched_ext is used is declared here, so that it also builds
 * where the running kernel, and so vmlinux.h, has none.
 */
#include <skep/bpf/core.h>
#include <bpf/bpf_tracing.h>
#include "fifo.h"

SKEP_LICENSE("GPL");

#define QUEUE    1        /* its number is ours to choose */
#define SLICE_NS 20000000 /* how long a thread may run while others wait: SCX_SLICE_DFL */

struct task_struct {
	int pid;
} __attribute__((preserve_access_index));

enum scx_exit_kind {
	SCX_EXIT_NONE,
};

struct scx_exit_info {
	enum scx_exit_kind kind;
	const char *reason;
	char *msg;
} __attribute__((preserve_access_index));

struct sched_ext_ops {
	void (*enqueue)(struct task_struct *p, __u64 flags);
	void (*dispatch)(int cpu, struct task_struct *before);
	void (*running)(struct task_struct *p);
	void (*stopping)(struct task_struct *p, bool runnable);
	int (*init)(void);
	void (*exit)(struct scx_exit_info *why);
	__u32 timeout_ms;
	char name[128];
} __attribute__((preserve_access_index));

int scx_bpf_create_dsq(__u64 queue, int node) __ksym;
void scx_bpf_dsq_insert(struct task_struct *p, __u64 queue, __u64 slice, __u64 flags) __ksym;
bool scx_bpf_dsq_move_to_local(__u64 queue) __ksym;

SKEP_PERCPU_ARRAY(cpus, struct cpu, 1);

struct ending ending;

static struct cpu *this_cpu(void)
{
	__u32 first = 0;

	return skep_map_get(&cpus, &first);
}

/* A thread wants to run, and no CPU is idle: the kernel gives it to an idle one without asking. */
SEC("struct_ops/enqueue")
void BPF_PROG(enqueue, struct task_struct *p, __u64 flags)
{
	struct cpu *cpu = this_cpu();

	if (cpu)
		cpu->queued++;
	scx_bpf_dsq_insert(p, QUEUE, SLICE_NS, flags);
}

/* A CPU has nothing to do: it takes the one that has waited for longest. */
SEC("struct_ops/dispatch")
void BPF_PROG(dispatch, int number, struct task_struct *before)
{
	scx_bpf_dsq_move_to_local(QUEUE);
}

SEC("struct_ops/running")
void BPF_PROG(running, struct task_struct *p)
{
	struct cpu *cpu = this_cpu();

	if (cpu) {
		cpu->ran++;
		cpu->since = skep_time_ns();
	}
}

SEC("struct_ops/stopping")
void BPF_PROG(stopping, struct task_struct *p, bool runnable)
{
	struct cpu *cpu = this_cpu();

	if (cpu && cpu->since)
		cpu->busy_ns += skep_time_ns() - cpu->since;
}

SEC("struct_ops.s/init")
int BPF_PROG(init)
{
	return scx_bpf_create_dsq(QUEUE, -1);
}

/* The kernel schedules again: we left, or it found us wanting. */
SEC("struct_ops/ended")
void BPF_PROG(ended, struct scx_exit_info *why)
{
	bpf_probe_read_kernel_str(ending.reason, sizeof(ending.reason), why->reason);
	bpf_probe_read_kernel_str(ending.message, sizeof(ending.message), why->msg);
	ending.kind = why->kind;
}

SEC(".struct_ops.link")
struct sched_ext_ops fifo = {
	.enqueue = (void *)enqueue,
	.dispatch = (void *)dispatch,
	.running = (void *)running,
	.stopping = (void *)stopping,
	.init = (void *)init,
	.exit = (void *)ended,
	.timeout_ms = 10000, /* a thread that waits for so long, and the kernel takes over */
	.name = SCHEDULER_NAME,
};
