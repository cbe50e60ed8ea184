/* SPDX-License-Identifier: 0BSD */
/*
 * Functions that are verified alone
 *
 * A function that is not `static` is verified once, by its prototype, for whatever it may be called with;
 * callers are then verified without looking into it. So it cannot know what its callers know.
 *
 * To do: the kernel refuses add(), though its only caller does no wrong. Keep it a function of its own,
 * and not static: other files are going to call it. on_value() returns 0 and adds args[0] to `total`.
 */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

struct total {
	__u64 sum;
};
struct total total;

__noinline int add(struct total *to, __u64 value)
{
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
