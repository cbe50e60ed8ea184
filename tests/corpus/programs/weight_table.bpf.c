/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A constant table has an entry for each of 40 nice values, and the nice value is never checked. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define NICE_LEVELS 40

static const __u32 weight_of_nice[NICE_LEVELS] = {
	88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916,
	9548,  7620,  6100,  4904,  3906,  3121,  2501,  1991,  1586,  1277,
	1024,  820,   655,   526,   423,   335,   272,   215,   172,   137,
	110,   87,    70,    56,    45,    36,    29,    23,    18,    15,
};

struct budget {
	__u64 spent;
	__u64 switches;
	__u8 nice;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct budget);
} budgets SEC(".maps");

static __always_inline __u64 weighted(__u64 delta, __u8 nice)
{
	return delta * 1024 / weight_of_nice[nice]; /* refused */
}

SEC("raw_tp/sched_switch")
int on_switch(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	struct budget *budget;
	__u64 now;

	budget = bpf_map_lookup_elem(&budgets, &tgid);
	if (!budget)
		return 0;
	now = bpf_ktime_get_ns();
	budget->switches++;
	budget->spent += weighted(now & 0xffffff, budget->nice); /* cause */
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
