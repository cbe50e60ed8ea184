/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Never loaded: programs that need what no kernel has, with and without asking for it first. */
#include <skep/bpf/core.h>

#include <bpf/bpf_core_read.h>

SKEP_LICENSE("GPL");

struct task_struct___needs {
	int pid;
	int no_such_field;
} __attribute__((preserve_access_index));

/* One that all kernels of the tests have, and one of 6.2; as they are called in vmlinux.h. */
enum bpf_func_id___needs {
	BPF_FUNC_cgrp_storage_get___needs = 210,
};

extern void skep_no_such_kfunc(void) __ksym;
extern void skep_no_such_weak_kfunc(void) __ksym __weak;

extern const void _stext __ksym;
extern const void skep_no_such_variable __ksym;

SKEP_HASH(numbers, __u32, __u64, 16);

/* A number that nobody will ever give to a type of maps. */
struct {
	__uint(type, 250);
	__uint(max_entries, 1);
	__uint(key_size, 4);
	__uint(value_size, 4);
} of_no_kernel SEC(".maps");

SEC("raw_tp/sched_process_exec")
int wrong_helper(void *ctx)
{
	return (int)bpf_skb_pull_data(ctx, 64);
}

SEC("raw_tp/sched_process_exec")
int right_helper(void *ctx)
{
	__u32 key = 0;
	__u64 *seen = bpf_map_lookup_elem(&numbers, &key);

	return seen != 0;
}

static long (*const no_such_helper)(void) = (void *)9999;

SEC("raw_tp/sched_process_exec")
int helper_of_no_kernel(void *ctx)
{
	return (int)no_such_helper();
}

static void *(*const cgrp_storage_get)(void *map, void *cgroup, void *value,
				       __u64 flags) = (void *)210;

SEC("raw_tp/sched_process_exec")
int guarded_helper(void *ctx)
{
	if (!bpf_core_enum_value_exists(enum bpf_func_id___needs,
					BPF_FUNC_cgrp_storage_get___needs))
		return 0;
	return cgrp_storage_get(&numbers, ctx, 0, 0) != 0;
}

SEC("raw_tp/sched_process_exec")
int field(void *ctx)
{
	struct task_struct___needs *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, no_such_field) + BPF_CORE_READ(task, pid);
}

SEC("raw_tp/sched_process_exec")
int guarded_field(void *ctx)
{
	struct task_struct___needs *task = (void *)bpf_get_current_task();

	if (!bpf_core_field_exists(task->no_such_field))
		return 0;
	return BPF_CORE_READ(task, no_such_field);
}

SEC("raw_tp/sched_process_exec")
int kfunc(void *ctx)
{
	skep_no_such_kfunc();
	return 0;
}

SEC("raw_tp/sched_process_exec")
int weak_kfunc(void *ctx)
{
	if (skep_no_such_weak_kfunc)
		skep_no_such_weak_kfunc();
	return 0;
}

SEC("raw_tp/sched_process_exec")
int variables(void *ctx)
{
	return (int)((__u64)&_stext ^ (__u64)&skep_no_such_variable);
}

/* Needs are those of all that a program calls. */
static __attribute__((noinline)) int below(void *ctx)
{
	return (int)bpf_skb_pull_data(ctx, 32);
}

SEC("raw_tp/sched_process_exec")
int calls_another(void *ctx)
{
	return below(ctx);
}

SEC("raw_tp/sched_proces_exec")
int mistyped(void *ctx)
{
	return 0;
}

SEC("kprobe/skep_no_such_function")
int no_function(void *ctx)
{
	return 0;
}

SEC("tp_btf/sched_process_exec")
int typed(void *ctx)
{
	return 0;
}

SEC("xdp")
int net(void *ctx)
{
	return 2;
}

SEC("fentry.s/bpf_fentry_test1")
int sleeps(void *ctx)
{
	char byte;

	return bpf_copy_from_user(&byte, sizeof(byte), 0);
}
