/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The slice of the record covers the header, and the first field behind it is written as well. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define MAX_NOTES 8

struct header {
	__u32 type;
	__u32 notes;
	__u64 ns;
};

struct record {
	struct header header;
	__u64 id;
	__u64 notes[MAX_NOTES];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 18);
} records SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u32);
} notes_wanted SEC(".maps");

SEC("raw_tp/sched_process_exit")
int on_exit(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 tgid = id >> 32, notes;
	struct bpf_dynptr dynptr;
	struct record *record;
	__u32 *wanted;

	wanted = bpf_map_lookup_elem(&notes_wanted, &tgid);
	if (!wanted)
		return 0;
	notes = *wanted % (MAX_NOTES + 1);
	if (bpf_ringbuf_reserve_dynptr(&records, sizeof(struct header) + 8 + notes * 8, 0, &dynptr))
		goto discard;
	record = bpf_dynptr_data(&dynptr, 0, sizeof(struct header)); /* cause */
	if (!record)
		goto discard;
	record->header.type = 1;
	record->header.notes = notes;
	record->header.ns = bpf_ktime_get_ns();
	record->id = id; /* refused */
	bpf_ringbuf_submit_dynptr(&dynptr, 0);
	return 0;

discard:
	bpf_ringbuf_discard_dynptr(&dynptr, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
