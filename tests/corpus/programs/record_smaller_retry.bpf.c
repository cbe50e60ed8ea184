/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* If the large record does not fit I try a small one. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct header {
	__u64 time;
	__u32 pid;
	__u32 len;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 14);
} events SEC(".maps");

char payload[512];
__u64 lost;
__u64 cut;

SEC("raw_tp/sched_process_exit")
int on_exit(void *ctx)
{
	struct header header = { .len = sizeof(payload) };
	struct bpf_dynptr record;

	header.time = bpf_ktime_get_ns();
	header.pid = bpf_get_current_pid_tgid() >> 32;
	if (bpf_ringbuf_reserve_dynptr(&events, sizeof(header) + sizeof(payload), 0, /* cause */
				       &record)) {
		cut++;
		header.len = 0;
		if (bpf_ringbuf_reserve_dynptr(&events, sizeof(header), 0, &record)) { /* refused */
			lost++;
			goto discard;
		}
	}
	if (bpf_dynptr_write(&record, 0, &header, sizeof(header), 0))
		goto discard;
	if (header.len)
		bpf_dynptr_write(&record, sizeof(header), payload, sizeof(payload), 0);
	bpf_ringbuf_submit_dynptr(&record, 0);
	return 0;
discard:
	bpf_ringbuf_discard_dynptr(&record, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
