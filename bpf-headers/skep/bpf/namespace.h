/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_NAMESPACE_H
#define SKEP_BPF_NAMESPACE_H
/**
 * @file bpf/namespace.h
 * In which namespaces a task is: the numbers that `ls -l /proc/PID/ns` shows.
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/namespace.h>
 *
 * SKEP_LICENSE("GPL");
 * const volatile __u32 own_mnt;               // st_ino of stat("/proc/self/ns/mnt")
 *
 * SEC("raw_tp/sched_process_exec")
 * int on_exec(void *ctx)
 * {
 *         struct skep_namespaces ns;
 *
 *         return !skep_task_namespaces(NULL, &ns) && ns.mnt != own_mnt;
 * }
 * @endcode
 *
 * What a container is made of. Numbers are used again when a namespace is gone. It costs 20 reads, about
 * 400 ns.
 *
 * @kernel{5.5, with BTF}
 */
#include <skep/bpf/cred.h>

/** @cond */
/* All of them begin with the like of it somewhere. */
#define SKEP_NAMESPACE_(name)                                                                      \
	struct name##___skep_ns {                                                                  \
		struct ns_common___skep_cred ns;                                                   \
	} __attribute__((preserve_access_index))

SKEP_NAMESPACE_(cgroup_namespace);
SKEP_NAMESPACE_(ipc_namespace);
SKEP_NAMESPACE_(mnt_namespace);
SKEP_NAMESPACE_(net);
SKEP_NAMESPACE_(pid_namespace);
SKEP_NAMESPACE_(time_namespace);
SKEP_NAMESPACE_(uts_namespace);

struct nsproxy___skep {
	struct uts_namespace___skep_ns *uts_ns;
	struct ipc_namespace___skep_ns *ipc_ns;
	struct mnt_namespace___skep_ns *mnt_ns;
	struct net___skep_ns *net_ns;
	struct time_namespace___skep_ns *time_ns;
	struct cgroup_namespace___skep_ns *cgroup_ns;
} __attribute__((preserve_access_index));

struct upid___skep_ns {
	int nr;
	struct pid_namespace___skep_ns *ns;
} __attribute__((preserve_access_index));

struct pid___skep_ns {
	unsigned int level;
	struct upid___skep_ns numbers[1];
} __attribute__((preserve_access_index));

struct task_struct___skep_ns {
	struct nsproxy___skep *nsproxy;
	struct pid___skep_ns *thread_pid;
	const struct cred___skep *cred;
} __attribute__((preserve_access_index));
/** @endcond */

/* A pid has a number in each namespace that it is in; the last is the task's own. */
SKEP_INLINE_ __u32 skep_pid_namespace_(struct pid___skep_ns *pid)
{
	__u64 level = BPF_CORE_READ(pid, level);
	struct upid___skep_ns *upid = (void *)pid + bpf_core_field_offset(pid->numbers) +
				      level * bpf_core_type_size(struct upid___skep_ns);

	return BPF_CORE_READ(upid, ns, ns.inum);
}

/**
 * The namespaces of a task.
 *
 * @param task a `struct task_struct *`, or NULL for the current one
 * @param to   where to
 * @return 0; or -EFAULT: the task is about to end and has left them, and all but `user` are 0
 * @kernel{5.5, with BTF; time namespaces came with 5.6}
 */
SKEP_INLINE_ long skep_task_namespaces(const void *task, struct skep_namespaces *to)
{
	const struct task_struct___skep_ns *of = task ? task : (void *)bpf_get_current_task();
	struct nsproxy___skep *proxy = BPF_CORE_READ(of, nsproxy);
	struct pid___skep_ns *pid = BPF_CORE_READ(of, thread_pid);

	to->cgroup = BPF_CORE_READ(proxy, cgroup_ns, ns.inum);
	to->ipc = BPF_CORE_READ(proxy, ipc_ns, ns.inum);
	to->mnt = BPF_CORE_READ(proxy, mnt_ns, ns.inum);
	to->net = BPF_CORE_READ(proxy, net_ns, ns.inum);
	to->pid = pid ? skep_pid_namespace_(pid) : 0;
	to->time = 0;
	if (bpf_core_field_exists(proxy->time_ns))
		to->time = BPF_CORE_READ(proxy, time_ns, ns.inum);
	to->user = BPF_CORE_READ(of, cred, user_ns, ns.inum);
	to->uts = BPF_CORE_READ(proxy, uts_ns, ns.inum);
	return proxy ? 0 : -14; /* EFAULT */
}

#endif
