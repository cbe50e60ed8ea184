/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The divisor is the number of nanoseconds in a microsecond. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define NSEC_PER_SEC  1000000000
#define USEC_PER_SEC  1000000
#define NSEC_PER_USEC (NSEC_PER_SEC / USEC_PER_SEC)

struct timing {
	__u64 last_ns;
	__u64 total_us;
	__u64 wakeups;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct timing);
} timings SEC(".maps");

static __always_inline __u64 to_usec(__u64 ns)
{
	/* clang makes a multiplication of it, we want to see the division */
	asm volatile("%0 /= %1" : "+r"(ns) : "i"(NSEC_PER_USEC));
	return ns;
}

SEC("raw_tp/sched_wakeup")
int time_wakeups(void *ctx)
{
	__u64 now = bpf_ktime_get_ns();
	__u32 zero = 0;
	struct timing *t = bpf_map_lookup_elem(&timings, &zero);

	if (!t)
		return 0;
	if (t->last_ns)
		t->total_us += to_usec(now - t->last_ns);
	t->last_ns = now;
	t->wakeups++;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
