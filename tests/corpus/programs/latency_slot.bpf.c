/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A histogram of off-CPU time: the logarithm is used as a slot without an upper limit. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define MAX_SLOTS 27

struct hist {
	__u64 total;
	__u32 slots[MAX_SLOTS];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, __u32);
	__type(value, __u64);
} starts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, __u32);
	__type(value, struct hist);
} hists SEC(".maps");

static const struct hist empty;

static __always_inline __u64 log2_u32(__u32 v)
{
	__u32 shift, r;

	r = (v > 0xffff) << 4;
	v >>= r;
	shift = (v > 0xff) << 3;
	v >>= shift;
	r |= shift;
	shift = (v > 0xf) << 2;
	v >>= shift;
	r |= shift;
	shift = (v > 0x3) << 1;
	v >>= shift;
	r |= shift;
	return r | (v >> 1);
}

SEC("raw_tp/sched_switch")
int on_switch(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 tid = bpf_get_current_pid_tgid();
	__u64 now = bpf_ktime_get_ns();
	__u64 *start, slot;
	struct hist *hist;

	start = bpf_map_lookup_elem(&starts, &tid);
	if (!start) {
		bpf_map_update_elem(&starts, &tid, &now, BPF_ANY);
		return 0;
	}
	hist = bpf_map_lookup_elem(&hists, &tid);
	if (!hist) {
		bpf_map_update_elem(&hists, &tid, &empty, BPF_NOEXIST);
		return 0;
	}
	slot = log2_u32((now - *start) / 1000); /* cause */
	hist->total++;
	hist->slots[slot]++; /* refused */
	*start = now;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
