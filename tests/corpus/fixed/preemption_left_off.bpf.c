/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Preemption is enabled on every path. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern void bpf_preempt_disable(void) __ksym;
extern void bpf_preempt_enable(void) __ksym;

struct slot {
	__u64 busy;
	__u64 entered;
	__u64 skipped;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct slot);
} slots SEC(".maps");

SEC("raw_tp/sys_enter")
int enter(void *ctx)
{
	__u32 zero = 0;
	struct slot *s = bpf_map_lookup_elem(&slots, &zero);

	if (!s)
		return 0;
	bpf_preempt_disable();
	if (s->busy) {
		s->skipped++;
		bpf_preempt_enable();
		return 0;
	}
	s->busy = 1;
	s->entered++;
	s->busy = 0;
	bpf_preempt_enable();
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
