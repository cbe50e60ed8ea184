/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Two samples are written at the head of a ring, and there is room for both. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define RING_SIZE 64

struct sample {
	__u64 ns;
	__u32 pid;
	__u32 cpu;
};

struct ring {
	struct sample samples[RING_SIZE];
	__u32 wraps;
	__u32 head;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 128);
	__type(key, __u32);
	__type(value, struct ring);
} rings SEC(".maps");

static __always_inline void write_sample(struct sample *sample, __u32 pid)
{
	sample->cpu = bpf_get_smp_processor_id();
	sample->pid = pid;
	sample->ns = bpf_ktime_get_ns();
}

SEC("raw_tp/sched_process_fork")
int on_fork(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 tgid = id >> 32;
	struct ring *ring;
	__u32 head;

	ring = bpf_map_lookup_elem(&rings, &tgid);
	if (!ring)
		return 0;
	head = ring->head;
	if (head >= RING_SIZE - 1) {
		head = 0;
		ring->wraps++;
	}
	write_sample(&ring->samples[head], tgid);
	write_sample(&ring->samples[head + 1], id);
	ring->head = head + 2;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
