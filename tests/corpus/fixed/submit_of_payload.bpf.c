/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The record is submitted. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct header {
	__u32 kind;
	__u32 cpu;
};

struct event {
	struct header header;
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
} events SEC(".maps");

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	struct event *e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);

	if (!e)
		return 0;
	e->header.kind = 1;
	e->header.cpu = bpf_get_smp_processor_id();
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	bpf_ringbuf_submit(e, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
