/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Maps of all shapes: plain, of maps, of programs, pinned, with a list of initial values. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct key {
	__u32 a;
	__u16 b[3];
};

struct value {
	__u64 packets;
	struct {
		__u32 low : 3;
		__u32 high : 29;
	};
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct key);
	__type(value, struct value);
	__uint(map_flags, BPF_F_NO_PREALLOC);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} events SEC(".maps");

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} first SEC(".maps"), second SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 4);
	__type(key, __u32);
	__array(values, struct inner);
} outer SEC(".maps") = { .values = { [0] = &first, [3] = &second } };

int tail(struct xdp_md *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__uint(key_size, sizeof(__u32));
	__array(values, int(struct xdp_md *));
} jumps SEC(".maps") = { .values = { [1] = &tail } };

struct {
	__uint(type, BPF_MAP_TYPE_LRU_PERCPU_HASH);
	__uint(max_entries, 8);
	__uint(key_size, 4);
	__uint(value_size, 8);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} pinned SEC(".maps");

SEC("xdp")
int tail(struct xdp_md *ctx)
{
	struct key key = { .a = ctx->ingress_ifindex };
	struct value *value = bpf_map_lookup_elem(&counts, &key);

	if (value)
		value->packets++;
	return XDP_PASS;
}

SEC("xdp")
int head(struct xdp_md *ctx)
{
	__u32 zero = 0;
	void *inner = bpf_map_lookup_elem(&outer, &zero);

	if (inner)
		bpf_map_lookup_elem(inner, &zero);
	bpf_map_lookup_elem(&pinned, &zero);
	bpf_tail_call(ctx, &jumps, 1);
	return XDP_DROP;
}

char _license[] SEC("license") = "Dual BSD/GPL";
