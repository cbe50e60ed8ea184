/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The record is read through the dynptr. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct command {
	__u32 kind;
	__u32 value;
};

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} commands SEC(".maps");

__u32 limit = 100;

static long on_command(struct bpf_dynptr *record, void *unused)
{
	struct command *c = bpf_dynptr_data(record, 0, sizeof(*c));

	if (c && c->kind == 1)
		limit = c->value;
	return 0;
}

SEC("raw_tp/sched_process_exec")
int drain(void *ctx)
{
	bpf_user_ringbuf_drain(&commands, on_command, NULL, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
