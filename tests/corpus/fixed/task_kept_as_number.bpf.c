/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The task that was switched to is kept in a map as a number, and read as the kernel allows. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

struct task_struct {
	int pid;
	int tgid;
	unsigned int flags;
} __attribute__((preserve_access_index));

struct last_switch {
	__u64 task;
	__u64 ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, struct last_switch);
} last_switches SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, int);
	__type(value, __u64);
} runtimes SEC(".maps");

SEC("raw_tp/sched_switch")
int on_switch(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *next = (void *)ctx->args[2], *task;
	__u32 cpu = bpf_get_smp_processor_id();
	struct last_switch now = { .task = (__u64)next, .ns = bpf_ktime_get_ns() };
	struct last_switch *last;
	__u64 *runtime;
	int pid;

	last = bpf_map_lookup_elem(&last_switches, &cpu);
	if (!last) {
		bpf_map_update_elem(&last_switches, &cpu, &now, BPF_NOEXIST);
		return 0;
	}
	task = (struct task_struct *)last->task;
	pid = BPF_CORE_READ(task, pid);
	runtime = bpf_map_lookup_elem(&runtimes, &pid);
	if (runtime)
		*runtime += now.ns - last->ns;
	*last = now;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
