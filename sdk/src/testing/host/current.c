// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Who runs: the current task as the test describes it, and the helpers that tell of it. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "host.h"

/* As the host's <skep/bpf/task.h> declares it. */
struct skep_host_task_values {
	int pid, tid, ppid, exit_status, is_last_thread, pid_inside, tid_inside;
	unsigned long arg_start, arg_end;
	const char *cgroup_name;
};

/* One for each hosted source that includes <skep/bpf/task.h>, whose struct it is. */
#define LAYOUTS_MOST 16
static struct {
	void *task;
	void (*fill)(const struct skep_host_task_values *values);
} layouts[LAYOUTS_MOST];
static size_t layout_count;

static struct skep_host_current current;
static char comm[16];
static void *own_task; /* of the test */
static uint32_t sent_signal;

void skep_host_task_layout(void *task, void (*fill)(const struct skep_host_task_values *values))
{
	if (layout_count < LAYOUTS_MOST) {
		layouts[layout_count].task = task;
		layouts[layout_count++].fill = fill;
	}
}

void skep_host_current_reset(void)
{
	const struct skep_host_current first = { .pid = 1000, .ppid = 1, .comm = "host" };

	own_task = NULL;
	sent_signal = 0;
	skep_host_set_current(&first);
}

void skep_host_set_current(const struct skep_host_current *who)
{
	current = *who;
	memset(comm, 0, sizeof(comm));
	snprintf(comm, sizeof(comm), "%s", who->comm ? who->comm : "");
	if (!current.tid)
		current.tid = current.pid;
}

void skep_host_set_task(void *task)
{
	own_task = task;
}

static uint64_t pid_tgid(void)
{
	return (uint64_t)current.pid << 32 | current.tid;
}

static uint64_t uid_gid(void)
{
	return (uint64_t)current.gid << 32 | current.uid;
}

static long get_comm(void *to, uint32_t room)
{
	if (!room)
		return -EINVAL;
	memset(to, 0, room);
	memcpy(to, comm, room < sizeof(comm) ? room : sizeof(comm));
	((char *)to)[room - 1] = '\0';
	return 0;
}

/* Sources differ in their layout of the same task only by their copy of it. */
static uint64_t get_task(void)
{
	struct skep_host_task_values values = {
		.pid = (int)current.pid,
		.tid = (int)current.tid,
		.ppid = (int)current.ppid,
		.exit_status = current.exit_status,
		.is_last_thread = !current.has_other_threads,
		.pid_inside = (int)(current.pid_inside ? current.pid_inside : current.pid),
		.tid_inside = (int)(current.pid_inside ? current.pid_inside : current.tid),
		.arg_start = (unsigned long)(uintptr_t)current.args,
		.arg_end = (unsigned long)((uintptr_t)current.args + current.args_bytes),
		.cgroup_name = current.cgroup_name ? current.cgroup_name : "",
	};

	if (own_task)
		return (uint64_t)(uintptr_t)own_task;
	for (size_t i = 0; i < layout_count; i++)
		layouts[i].fill(&values);
	if (!layout_count)
		skep_host_fail("bpf_get_current_task(): give one with skep_host_set_task(), in the "
			       "program's layout");
	return (uint64_t)(uintptr_t)layouts[0].task;
}

static uint64_t cgroup_id(void)
{
	return current.cgroup_id;
}

static long ns_pid_tgid(uint64_t dev, uint64_t ino, struct bpf_pidns_info *info, uint32_t bytes)
{
	(void)dev;
	(void)ino;
	if (bytes != sizeof(*info))
		return -EINVAL;
	info->tgid = current.pid_inside ? current.pid_inside : current.pid;
	info->pid = current.pid_inside ? current.pid_inside : current.tid;
	return 0;
}

/* Nobody is killed by a test; what was asked for can be looked at. */
static long send_signal(uint32_t number)
{
	if (number > 64)
		return -EINVAL;
	sent_signal = number;
	return 0;
}

uint32_t skep_host_signal(void)
{
	return sent_signal;
}

const struct skep_host_fake_entry skep_host_task_fakes[] = {
	SKEP_HOST_FAKE(get_current_pid_tgid, pid_tgid),
	SKEP_HOST_FAKE(get_current_uid_gid, uid_gid),
	SKEP_HOST_FAKE(get_current_comm, get_comm),
	SKEP_HOST_FAKE(get_current_task, get_task),
	SKEP_HOST_FAKE(get_current_task_btf, get_task),
	SKEP_HOST_FAKE(get_current_cgroup_id, cgroup_id),
	SKEP_HOST_FAKE(get_ns_current_pid_tgid, ns_pid_tgid),
	SKEP_HOST_FAKE(send_signal, send_signal),
	SKEP_HOST_FAKE(send_signal_thread, send_signal),
	{ NULL, NULL },
};
