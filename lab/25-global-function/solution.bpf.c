/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

struct total {
	__u64 sum;
};
struct total total;

__noinline int add(struct total *to, __u64 value)
{
	if (!to)
		return -1;
	to->sum += value;
	return 0;
}

SEC("raw_tp/sys_enter")
int on_value(struct bpf_raw_tracepoint_args *ctx)
{
	struct total mine = { .sum = total.sum };

	add(&mine, ctx->args[0]);
	total.sum = mine.sum;
	return 0;
}
