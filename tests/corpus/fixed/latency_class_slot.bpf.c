/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define SLOTS_PER_CLASS 16
#define CLASSES         4

struct latency {
	__u64 calls;
	__u64 slots[SLOTS_PER_CLASS * CLASSES];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u64);
} entered SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct latency);
} latencies SEC(".maps");

static __always_inline __u32 log2_slot(__u64 us)
{
	__u32 slot = 0;

	if (us >> 16)
		slot += 16;
	if (us >> 8 & 0xff)
		slot += 8;
	if (us >> 4 & 0xf)
		slot += 4;
	return slot;
}

SEC("raw_tp/sys_exit")
int on_exit(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u64 *start = bpf_map_lookup_elem(&entered, &id);
	__u64 class = ctx->args[1] & (CLASSES - 1);
	struct latency *lat;
	__u32 zero = 0, slot;

	if (!start)
		return 0;
	slot = log2_slot((bpf_ktime_get_ns() - *start) / 1000);
	bpf_map_delete_elem(&entered, &id);
	lat = bpf_map_lookup_elem(&latencies, &zero);
	if (!lat)
		return 0;
	lat->calls++;
	if (slot >= SLOTS_PER_CLASS)
		slot = SLOTS_PER_CLASS - 1;
	class = class * SLOTS_PER_CLASS + slot;
	lat->slots[class]++;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
