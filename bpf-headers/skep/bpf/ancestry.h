/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_ANCESTRY_H
#define SKEP_BPF_ANCESTRY_H
/**
 * @file bpf/ancestry.h
 * The processes above a task: who started it, who started that one, and so on.
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/ancestry.h>
 *
 * struct event { __u32 n; __u32 zero; struct skep_ancestor who[8]; };
 * SKEP_RINGBUF(events, struct event, 1 << 16);
 * SKEP_LICENSE("GPL");
 *
 * SEC("raw_tp/sched_process_exec")
 * int on_exec(void *ctx)
 * {
 *         skep_emit_zeroed(ctx, &events, e) {
 *                 e->n = skep_ancestors(NULL, e->who, 8);
 *         }
 *         return 0;
 * }
 * @endcode
 *
 * A process whose parent has ended is init's, or the nearest subreaper's: the line that started it is
 * lost then. Who needs it whole keeps it at `sched_process_fork`. Numbers are those of the initial
 * PID namespace. It costs six reads, about 120 ns, for each process.
 *
 * @kernel{5.17, with BTF}
 */
#include <skep/bpf/loop.h>
#include <skep/bpf/task.h>
#include <skep/types/security.h>

/** How many processes skep_task_descends() looks at. */
#define SKEP_ANCESTORS_MOST 4096

/** @cond */
struct cred___skep_uid {
	struct {
		unsigned int val;
	} uid;
} __attribute__((preserve_access_index));

struct task_struct___skep_line {
	int pid, tgid;
	struct task_struct___skep_line *real_parent, *group_leader;
	__u64 start_boottime;
	const struct cred___skep_uid *real_cred;
	char comm[SKEP_COMM_BYTES];
} __attribute__((preserve_access_index));

struct skep_line_ {
	struct task_struct___skep_line *task;
	__u32 pid, levels;
};
/** @endcond */

SKEP_INLINE_ struct task_struct___skep_line *skep_process_of_(const void *task)
{
	const struct task_struct___skep_line *of = task ? task : (void *)bpf_get_current_task();

	return BPF_CORE_READ(of, group_leader);
}

/**
 * The process that started a task's, or who has it since that one ended.
 *
 * @param task a `struct task_struct *`, or NULL for the current one
 * @return its first thread's `struct task_struct *`; NULL above the first process
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ void *skep_task_parent(const void *task)
{
	struct task_struct___skep_line *of = skep_process_of_(task);
	struct task_struct___skep_line *parent = BPF_CORE_READ(of, real_parent, group_leader);

	return parent == of ? NULL : parent;
}

/**
 * The number of a task's process.
 *
 * @param task a `struct task_struct *`, or NULL for the current one
 * @return its number, in the initial namespace; 0 for the idle task, the parent of all
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ __u32 skep_task_pid(const void *task)
{
	const struct task_struct___skep_line *of = task ? task : (void *)bpf_get_current_task();

	return BPF_CORE_READ(of, tgid);
}

/**
 * The processes above a task: its parent first. Ends at the first process, number 1 (or 2, of the
 * kernel's own threads).
 *
 * @param task a `struct task_struct *`, or NULL for the current one
 * @param to   an array of them
 * @param room how many it has room for, a constant up to 64
 * @return how many there are in it
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ __u32 skep_ancestors(const void *task, struct skep_ancestor *to, __u32 room)
{
	struct task_struct___skep_line *of = skep_process_of_(task);
	__u32 n = 0, pid;

	skep_for(i, 0, room, 64)
	{
		if (i >= room)
			break;
		of = BPF_CORE_READ(of, real_parent, group_leader);
		pid = BPF_CORE_READ(of, tgid);
		if (!pid)
			break;
		to[i].pid = pid;
		to[i].uid = BPF_CORE_READ(of, real_cred, uid.val);
		to[i].start_ns = BPF_CORE_READ(of, start_boottime);
		bpf_core_read_str(to[i].comm, sizeof(to[i].comm), &of->comm);
		n++;
	}
	return n;
}

static long skep_line_step_(__u32 round, struct skep_line_ *w)
{
	struct task_struct___skep_line *task = w->task;
	__u32 pid;

	w->task = task = BPF_CORE_READ(task, real_parent, group_leader);
	pid = BPF_CORE_READ(task, tgid);
	if (pid == w->pid)
		w->levels = round + 1;
	return !pid || pid == w->pid;
}

/**
 * Whether a process is above a task.
 *
 * @param task a `struct task_struct *`, or NULL for the current one
 * @param pid  the process's number in the initial namespace
 * @return how many levels above: 1 for the parent; 0: it is not
 * @kernel{5.17, with BTF}
 */
SKEP_INLINE_ __u32 skep_task_descends(const void *task, __u32 pid)
{
	struct skep_line_ w = { .task = skep_process_of_(task), .pid = pid };

	if (!pid)
		return 0;
	skep_loop_n(SKEP_HAS_LOOP_ ? SKEP_ANCESTORS_MOST : SKEP_LOOP_PLAIN_MOST, skep_line_step_,
		    &w);
	return w.levels;
}

#endif
