/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * <skep/bpf/task.h> for this machine: with a current task that skep_host_set_current() describes, in
 * the layout that the header itself declares.
 */
#ifndef SKEP_HOST_BPF_TASK_H
#define SKEP_HOST_BPF_TASK_H
#pragma clang system_header

#include_next <skep/bpf/task.h>

/* As libskep-testing has it: sdk/src/testing/host/current.c. */
struct skep_host_task_values {
	int pid, tid, ppid, exit_status, is_last_thread, pid_inside, tid_inside;
	unsigned long arg_start, arg_end;
	const char *cgroup_name;
};
extern void skep_host_task_layout(void *task, void (*fill)(const struct skep_host_task_values *));

static struct {
	struct task_struct___skep task, leader, parent;
	struct mm_struct___skep mm;
	struct signal_struct___skep signal;
	struct pid___skep pid, leader_pid;
	struct css_set___skep set;
	struct cgroup___skep cgroup;
	struct kernfs_node___skep node;
} skep_host_task_;

static void skep_host_task_fill_(const struct skep_host_task_values *from)
{
	struct task_struct___skep *task = &skep_host_task_.task, *leader = &skep_host_task_.leader;

	skep_host_task_.mm.arg_start = from->arg_start;
	skep_host_task_.mm.arg_end = from->arg_end;
	skep_host_task_.signal.live.counter = !from->is_last_thread;
	skep_host_task_.parent.tgid = from->ppid;
	skep_host_task_.pid.numbers[0].nr = from->tid_inside;
	skep_host_task_.leader_pid.numbers[0].nr = from->pid_inside;
	skep_host_task_.node.name = from->cgroup_name;
	skep_host_task_.cgroup.kn = &skep_host_task_.node;
	skep_host_task_.set.dfl_cgrp = &skep_host_task_.cgroup;
	*leader = (struct task_struct___skep){
		.real_parent = &skep_host_task_.parent,
		.group_leader = leader,
		.mm = &skep_host_task_.mm,
		.signal = &skep_host_task_.signal,
		.exit_code = from->exit_status,
		.tgid = from->pid,
		.thread_pid = &skep_host_task_.leader_pid,
		.cgroups = &skep_host_task_.set,
	};
	*task = *leader;
	task->thread_pid = &skep_host_task_.pid;
}

__attribute__((constructor)) static void skep_host_task_bind_(void)
{
	skep_host_task_layout(&skep_host_task_.task, skep_host_task_fill_);
}

#endif
