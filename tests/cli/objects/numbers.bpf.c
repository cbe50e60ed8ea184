/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A ring whose records are plain numbers: the process of each exec of a program "skepmark". */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

/* As SKEP_RINGBUF() writes it. */
struct {
	unsigned long long (*type)[BPF_MAP_TYPE_RINGBUF];
	int (*max_entries)[4096];
} skepmark_numbers SEC(".maps");

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	const char mark[] = "skepmark";
	unsigned long long pid = bpf_get_current_pid_tgid() >> 32;
	char comm[16];

	(void)ctx;
	bpf_get_current_comm(comm, sizeof(comm));
	for (int i = 0; i < 9; i++)
		if (comm[i] != mark[i])
			return 0;
	bpf_ringbuf_output(&skepmark_numbers, &pid, sizeof(pid), 0);
	return 0;
}
