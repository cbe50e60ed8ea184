/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An object with something of everything: constants, variables, maps, a program that attaches. */
#include <skep/bpf/core.h>

#include "life.h"

SKEP_LICENSE("GPL");

SKEP_HASH(counts, __u32, __u64, 16);
SKEP_HASH(big, __u32, struct pair, 16384);
SKEP_ARRAY(slots, struct pair, 4);
SKEP_ARRAY(wides, struct wide, 300);

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} per_cpu SEC(".maps");

const volatile __u32 step = 1;
const volatile __u32 parent;
__u64 total;
__u64 from = 100;
__u64 execs;
struct who who;
const volatile __u32 limit SEC(".rodata.limits") = 1000;
__u32 extra SEC(".data.extra") = 5;

SEC("raw_tp")
int add(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 key = ctx->args[0];
	__u64 one = 1, *count = skep_map_get_or_put(&counts, &key, &one);
	struct pair pair = { .a = key, .b = step };

	total += step;
	if (total + from > limit)
		total = 0;
	if (count && *count == 77)
		skep_map_del(&counts, &key);
	return extra + skep_map_put(&big, &key, &pair);
}

SEC("raw_tp")
int ask(struct bpf_raw_tracepoint_args *ctx)
{
	who.pid = skep_current_pid();
	who.tgid = skep_current_tgid();
	who.tid = skep_current_tid();
	who.uid = skep_current_uid();
	who.gid = skep_current_gid();
	who.ppid = skep_current_ppid();
	who.ns = skep_time_ns();
	who.boot_ns = skep_time_boot_ns();
	skep_current_comm(who.comm);
	return 0;
}

SEC("raw_tp/sched_process_exec")
int on_exec(struct bpf_raw_tracepoint_args *ctx)
{
	if (skep_current_ppid() == parent)
		__sync_fetch_and_add(&execs, 1);
	return 0;
}
