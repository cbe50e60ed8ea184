/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Two rings with records of different types. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct first {
	__u32 pid;
	char letters[4];
};

struct second {
	__u64 a, b;
};

struct {
	struct first (*type)[BPF_MAP_TYPE_RINGBUF];
	int (*max_entries)[65536];
} skepmark_a SEC(".maps");

struct {
	struct second (*type)[BPF_MAP_TYPE_RINGBUF];
	int (*max_entries)[65536];
} skepmark_b SEC(".maps");

static _Bool is_marked(void)
{
	const char mark[] = "skepmark";
	char comm[16];

	bpf_get_current_comm(comm, sizeof(comm));
	for (int i = 0; i < 9; i++)
		if (comm[i] != mark[i])
			return 0;
	return 1;
}

SEC("raw_tp/sched_process_exec")
int skepmark_two(void *ctx)
{
	struct first first = { bpf_get_current_pid_tgid() >> 32, "\x1b\xc2\x9b" };
	struct second second = { 1, 2 };

	if (!is_marked())
		return 0;
	bpf_ringbuf_output(&skepmark_a, &first, sizeof(first), 0);
	bpf_ringbuf_output(&skepmark_b, &second, sizeof(second), 0);
	return 0;
}
