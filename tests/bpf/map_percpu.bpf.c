/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Maps with a value for each CPU, changed on the CPU that a test chooses. */
#include <skep/bpf/core.h>

#include "map_percpu.h"

SKEP_LICENSE("GPL");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, __u64);
} hits SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct io);
} ios SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_PERCPU_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct odd);
} recent SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} plain SEC(".maps");

SEC("raw_tp")
int hit(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 key = ctx->args[0];
	__u64 n = ctx->args[1], zero = 0, *hits_here;

	bpf_map_update_elem(&hits, &key, &zero, BPF_NOEXIST);
	hits_here = bpf_map_lookup_elem(&hits, &key);
	if (hits_here)
		*hits_here += n;
	return 0;
}

SEC("raw_tp")
int call(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 key = 1;
	struct io *io = bpf_map_lookup_elem(&ios, &key);

	if (!io)
		return 1;
	io->bytes += ctx->args[0];
	io->calls++;
	io->level = (__s32)ctx->args[1];
	io->slots[ctx->args[0] & 7]++;
	return 0;
}

SEC("raw_tp")
int see(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 key = ctx->args[0];
	struct odd odd = { { 1, 2, 3, 4, (__u8)ctx->args[1] } };

	return bpf_map_update_elem(&recent, &key, &odd, BPF_ANY);
}
