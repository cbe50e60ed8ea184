/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* All fields are written before the record is submitted. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct header {
	__u64 when;
	__u32 tgid;
	__u32 size;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
} records SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u32);
} sizes SEC(".maps");

SEC("tp/sched/sched_process_fork")
int on_fork(void *ctx)
{
	struct header h = { .tgid = bpf_get_current_pid_tgid() >> 32 };
	__u32 *size = bpf_map_lookup_elem(&sizes, &h.tgid);
	char comm[16] = {};
	struct bpf_dynptr record;

	h.size = size ? *size & 127 : 64;
	h.when = bpf_ktime_get_ns();
	bpf_get_current_comm(comm, sizeof(comm));
	if (bpf_ringbuf_reserve_dynptr(&records, sizeof(h) + h.size, 0, &record)) {
		bpf_ringbuf_discard_dynptr(&record, 0);
		return 0;
	}
	bpf_dynptr_write(&record, 0, &h, sizeof(h), 0);
	bpf_dynptr_write(&record, sizeof(h), comm, sizeof(comm), 0);
	bpf_ringbuf_submit_dynptr(&record, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
