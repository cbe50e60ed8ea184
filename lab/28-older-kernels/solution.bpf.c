/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>
#include <bpf/bpf_core_read.h>

SKEP_LICENSE("GPL");

enum bpf_func_id___of_kernel {
	BPF_FUNC_loop___of_kernel = 181,
};

static long step(__u32 round, __u32 *steps)
{
	*steps += 1;
	return 0;
}

SEC("raw_tp/sys_enter")
int steps(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 n = ctx->args[0] < 100000 ? ctx->args[0] : 100000;
	__u32 steps = 0;

	if (bpf_core_enum_value_exists(enum bpf_func_id___of_kernel, BPF_FUNC_loop___of_kernel)) {
		bpf_loop(n, step, &steps, 0);
		return steps;
	}
	for (__u32 i = 0; i < 64 && i < n; i++)
		step(i, &steps);
	return steps;
}
