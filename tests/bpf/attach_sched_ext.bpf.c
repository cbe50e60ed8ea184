/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A scheduler that leaves all to the kernel's own queue, and counts. */
#include <skep/bpf/core.h>

#include <bpf/bpf_tracing.h>

SKEP_LICENSE("GPL");

struct task_struct;

/* Where there is no such struct, there is no such function either; the struct is what is told. */
__s32 scx_bpf_create_dsq(__u64 queue, __s32 node) __ksym;

/* As the kernel has it: the fields that are used. */
struct sched_ext_ops {
	void (*running)(struct task_struct *p);
	__s32 (*init)(void);
	__u64 flags;
	char name[128];
} __attribute__((preserve_access_index));

#define SWITCH_PARTIAL (1ULL << 3) /* only tasks that ask for it */

__u64 inits, runs;

SEC("struct_ops/running")
void BPF_PROG(running, struct task_struct *p)
{
	__sync_fetch_and_add(&runs, 1);
}

SEC("struct_ops.s/init")
__s32 BPF_PROG(init)
{
	__sync_fetch_and_add(&inits, 1);
	return scx_bpf_create_dsq(1, -1);
}

SEC(".struct_ops.link")
struct sched_ext_ops scheduler = {
	.running = (void *)running,
	.init = (void *)init,
	.flags = SWITCH_PARTIAL,
	.name = "skep_test",
};

SEC(".struct_ops.link")
struct sched_ext_ops second = {
	.running = (void *)running,
	.init = (void *)init,
	.flags = SWITCH_PARTIAL,
	.name = "skep_second",
};
