/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Tracing programs that need the kernel's types, and load wherever those are. */
#include <skep/bpf/core.h>

#include "attach_trace.h"

SKEP_LICENSE("GPL");

__u64 hits[HIT_COUNT];

SKEP_HASH(numbers, __u32, __u64, 64);

struct seq_file;
struct bpf_iter_meta___t {
	struct seq_file *seq;
} __attribute__((preserve_access_index));

struct task_struct___t {
	int pid;
	int tgid;
} __attribute__((preserve_access_index));

struct kernfs_node___t {
	__u64 id;
} __attribute__((preserve_access_index));

struct cgroup___t {
	struct kernfs_node___t *kn;
} __attribute__((preserve_access_index));

struct bpf_iter__task___t {
	struct bpf_iter_meta___t *meta;
	struct task_struct___t *task;
};

struct bpf_iter__bpf_map_elem___t {
	struct bpf_iter_meta___t *meta;
	void *map;
	__u32 *key;
	__u64 *value;
};

struct bpf_iter__cgroup___t {
	struct bpf_iter_meta___t *meta;
	struct cgroup___t *cgroup;
};

SEC("tp_btf/sched_process_exec")
int point(void *ctx)
{
	__sync_fetch_and_add(&hits[HIT_BTF], 1);
	return 0;
}

SEC("tp_btf")
int point_later(void *ctx)
{
	__sync_fetch_and_add(&hits[HIT_BTF], 1);
	return 0;
}

SEC("iter/task")
int each_task(struct bpf_iter__task___t *ctx)
{
	struct task_struct___t *task = ctx->task;
	struct task_record record;

	if (!task)
		return 0;
	record.pid = (__u32)task->pid;
	record.tgid = (__u32)task->tgid;
	bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
	return 0;
}

SEC("iter/task")
int each_task_as_text(struct bpf_iter__task___t *ctx)
{
	struct task_struct___t *task = ctx->task;
	static const char format[] = "%d of %d\n";
	__u64 args[2];

	if (!task)
		return 0;
	args[0] = (__u64)task->pid;
	args[1] = (__u64)task->tgid;
	bpf_seq_printf(ctx->meta->seq, format, sizeof(format), args, sizeof(args));
	return 0;
}

SEC("iter/bpf_map_elem")
int each_number(struct bpf_iter__bpf_map_elem___t *ctx)
{
	struct entry_record record = { 0 };

	if (!ctx->key || !ctx->value)
		return 0;
	record.key = *ctx->key;
	record.value = *ctx->value;
	bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
	return 0;
}

SEC("iter/cgroup")
int each_group(struct bpf_iter__cgroup___t *ctx)
{
	struct cgroup___t *cgroup = ctx->cgroup;
	struct group_record record;

	if (!cgroup)
		return 0;
	record.id = cgroup->kn->id;
	bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
	return 0;
}
