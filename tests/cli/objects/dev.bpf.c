// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Written on while it runs: counts programs of one name. */
#include <skep/bpf/core.h>

struct event {
	char comm[16];
	__u64 nth;
};

SKEP_LICENSE("GPL");
SKEP_RINGBUF(events, struct event, 1 << 16);
SKEP_HASH(counts, __u32, __u64, 8);

SEC("raw_tp/sched_process_exec")
int dev_exec(void *ctx)
{
	__u64 *n = skep_map_get_or_put(&counts, &(__u32){ 0 }, &(__u64){ 0 });
	char comm[16] __attribute__((aligned(8)));

	skep_current_comm(comm);
	if (__builtin_memcmp(comm, "skepmark", 8))
		return 0;
	if (!n)
		return 0;
	*n += 1;
	skep_emit(ctx, &events, e) {
		__builtin_memcpy(e->comm, comm, 16);
		e->nth = *n;
	}
	return 0;
}
