/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The value that was looked up is checked. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct histogram {
	__u64 slots[32];
	__u64 samples;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct histogram);
} latencies SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u64);
	__type(value, __u64);
} started SEC(".maps");

static __noinline __u64 *slot_of(struct histogram *h, __u64 us)
{
	__u32 slot = 0;

	while (us > 1 && slot < 31) {
		us >>= 1;
		slot++;
	}
	return &h->slots[slot];
}

SEC("raw_tp/sys_exit")
int measure(void *ctx)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 tgid = id >> 32;
	__u64 *start = bpf_map_lookup_elem(&started, &id);
	struct histogram *h;
	__u64 *slot;

	if (!start)
		return 0;
	h = bpf_map_lookup_elem(&latencies, &tgid);
	if (!h)
		return 0;
	slot = slot_of(h, (bpf_ktime_get_ns() - *start) / 1000);
	*slot += 1;
	bpf_map_delete_elem(&started, &id);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
