/* SPDX-License-Identifier: 0BSD */
/*
 * Using what only newer kernels have
 *
 * bpf_loop() came with Linux 5.17. The tool has to load on 5.15, too, where fewer rounds will do: 64. As
 * with fields, the loader knows what the kernel has, and what stands behind a question whose answer is
 * no is never verified.
 *
 * To do: steps() counts how many rounds there were: n of them, 100,000 at most; on a kernel without
 * bpf_loop() 64 at most. The check looks whether the object needs bpf_loop() without having asked.
 */
#include <skep/bpf/core.h>
#include <bpf/bpf_core_read.h>

SKEP_LICENSE("GPL");

enum bpf_func_id___of_kernel { /* the kernel's list of its helpers */
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

	bpf_loop(n, step, &steps, 0);
	return steps;
}
