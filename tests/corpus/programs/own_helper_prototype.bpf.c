/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The program declares bpf_get_stackid() itself, and forgets that it takes flags. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define MAX_DEPTH 32

static long (*const stack_of)(void *ctx, void *map) = (void *)BPF_FUNC_get_stackid;

struct stack_key {
	__u32 tgid;
	__s32 stack;
};

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 1024);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, MAX_DEPTH * sizeof(__u64));
} stacks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct stack_key);
	__type(value, __u64);
} counts SEC(".maps");

SEC("raw_tp/sched_process_fork")
int on_fork(struct bpf_raw_tracepoint_args *ctx)
{
	struct stack_key key = {};
	__u64 one = 1, *count;

	key.tgid = bpf_get_current_pid_tgid() >> 32;
	key.stack = stack_of(ctx, &stacks); /* refused */
	if (key.stack < 0)
		return 0;
	count = bpf_map_lookup_elem(&counts, &key);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&counts, &key, &one, BPF_NOEXIST);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
