/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Counts calls of one process by a number that it sets before each, and tells of each. */
#include <skep/bpf/core.h>

#include "cpp_types.h"

SKEP_LICENSE("GPL");

SKEP_HASH(hits, __u32, struct cpp_value, 64);
SKEP_PERCPU_HASH(per_cpu, __u32, __u64, 64);
SKEP_QUEUE(numbers, struct cpp_value, 8);
SKEP_ARRAY_MMAP(memory, struct cpp_value, 4);
SKEP_BLOOM(filter, __u32, 64, 0);
SKEP_RINGBUF(events, struct cpp_event, 1 << 16);
SKEP_RINGBUF_SHARDS(timed, struct cpp_timed, 1 << 14, 2);

const volatile __u32 only;
const volatile __u64 call;
__u32 number;

SEC("raw_tp/sys_enter")
int on_getpgid(struct bpf_raw_tracepoint_args *ctx)
{
	struct cpp_value zero = {}, *value;
	__u32 key = number;

	if (skep_current_pid() != only || ctx->args[1] != call)
		return 0;
	value = skep_map_get_or_put(&hits, &key, &zero);
	if (value)
		value->count++;
	zero.count = key;
	skep_queue_push_evict(&numbers, &zero);
	skep_map_add(&per_cpu, &key, 2);
	skep_bloom_add(&filter, &key);
	key = 1;
	value = skep_map_get(&memory, &key);
	if (value)
		value->count = number;
	key = number;
	skep_emit(ctx, &events, e)
		e->number = key;
	skep_emit_zeroed(ctx, &timed, e) {
		e->time = bpf_ktime_get_ns();
		e->number = key;
	}
	return 0;
}
