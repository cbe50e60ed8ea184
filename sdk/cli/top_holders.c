/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Who has programs, maps and links: processes, by their file descriptors, and pins. */
#include "top.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

static const char *const event_kinds[] = {
	[BPF_FD_TYPE_RAW_TRACEPOINT] = "raw tracepoint",
	[BPF_FD_TYPE_TRACEPOINT] = "tracepoint",
	[BPF_FD_TYPE_KPROBE] = "kprobe",
	[BPF_FD_TYPE_KRETPROBE] = "kretprobe",
	[BPF_FD_TYPE_UPROBE] = "uprobe",
	[BPF_FD_TYPE_URETPROBE] = "uretprobe",
};

/* A perf event that runs a program, with a link or, as older tools attach, without. */
static int add_event(struct top *top, pid_t pid, int fd)
{
	struct top_hook hook = { .kind = "perf event" };
	struct top_holder holder = { .kind = TOP_PROGRAM, .pid = pid };
	uint32_t bytes = 160, program = 0, type = 0;
	__u64 offset = 0, address = 0;
	char name[160] = "";
	int err;

	if (bpf_task_fd_query(pid, fd, 0, name, &bytes, &program, &type, &offset, &address))
		return 0; /* it counts, and no program is there */
	if (type >= sizeof(event_kinds) / sizeof(event_kinds[0]) || !event_kinds[type])
		return 0;
	name[sizeof(name) - 1] = '\0';
	hook.program = holder.id = holder.program = program;
	if (name[0] && offset && type != BPF_FD_TYPE_TRACEPOINT)
		snprintf(hook.words, sizeof(hook.words), "%s %s+0x%llx", event_kinds[type], name,
			 offset);
	else if (name[0])
		snprintf(hook.words, sizeof(hook.words), "%s %s", event_kinds[type], name);
	else
		snprintf(hook.words, sizeof(hook.words), "%s 0x%llx", event_kinds[type], address);
	err = top_add_hook(top, &hook);
	return err ? err : top_add_holder(top, &holder);
}

static int add_object(struct top *top, pid_t pid, const struct top_fdinfo *info, const char *path)
{
	struct top_holder holder = { .pid = pid };
	int err;

	if (info->link)
		holder =
			(struct top_holder){ TOP_LINK, info->link, info->program, 0, 0, pid, NULL };
	else if (info->program)
		holder = (struct top_holder){ TOP_PROGRAM, info->program, info->program, 0,
					      0,           pid,           NULL };
	else if (info->map)
		holder = (struct top_holder){ TOP_MAP,     info->map, 0,   info->map_type,
					      info->bytes, pid,       NULL };
	else
		return 0;
	if (path) {
		holder.path = strdup(path);
		if (!holder.path)
			return -ENOMEM;
	}
	err = top_add_holder(top, &holder);
	if (err)
		free(holder.path);
	return err;
}

static int look_at_fd(struct top *top, pid_t pid, int folder, const char *name)
{
	static const char prefix[] = "anon_inode:";
	struct top_fdinfo info;
	char is[64];
	ssize_t n = readlinkat(folder, name, is, sizeof(is) - 1);
	int fd = atoi(name);

	if (n <= 0)
		return 0;
	is[n] = '\0';
	if (strncmp(is, prefix, strlen(prefix)))
		return 0;
	if (strstr(is, "perf_event"))
		return add_event(top, pid, fd);
	if (!strstr(is, "bpf") || !top_fdinfo(pid, fd, &info))
		return 0;
	return add_object(top, pid, &info, NULL);
}

static int look_at_process(struct top *top, pid_t pid)
{
	struct dirent *entry;
	char path[40];
	DIR *folder;
	int err = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	folder = opendir(path);
	if (!folder)
		return errno == EMFILE || errno == ENFILE ? -errno : 0;
	while (!err && (entry = readdir(folder)))
		if (isdigit((unsigned char)entry->d_name[0]))
			err = look_at_fd(top, pid, dirfd(folder), entry->d_name);
	closedir(folder);
	return err;
}

static int by_object(const void *a, const void *b)
{
	const struct top_holder *one = a, *other = b;

	if (one->kind != other->kind)
		return one->kind < other->kind ? -1 : 1;
	if (one->id != other->id)
		return one->id < other->id ? -1 : 1;
	/* Pins behind processes. */
	if (!one->pid != !other->pid)
		return one->pid ? -1 : 1;
	return one->pid < other->pid ? -1 : one->pid > other->pid;
}

/* A process may have the same thing open many times. */
static void merge_equal(struct top *top)
{
	size_t kept = 0;

	if (!top->holder_count)
		return;
	qsort(top->holders, top->holder_count, sizeof(*top->holders), by_object);
	for (size_t i = 1; i < top->holder_count; i++)
		if (top->holders[i].path || by_object(&top->holders[kept], &top->holders[i]))
			top->holders[++kept] = top->holders[i];
	top->holder_count = kept + 1;
}

static void forget(struct top *top)
{
	for (size_t i = 0; i < top->holder_count; i++)
		free(top->holders[i].path);
	top->holder_count = 0;
	top->other_count = 0;
}

int top_read_holders(struct top *top)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int err = 0;
	pid_t pid;

	forget(top);
	if (!proc && (errno == EMFILE || errno == ENFILE))
		return -errno;
	while (proc && !err && (entry = readdir(proc))) {
		pid = isdigit((unsigned char)entry->d_name[0]) ? atoi(entry->d_name) : 0;
		if (pid && pid != getpid())
			err = look_at_process(top, pid);
	}
	if (proc)
		closedir(proc);
	if (!err)
		err = top_read_pins(top);
	merge_equal(top);
	return err;
}

/* --- pins --- */

static int look_at_pin(struct top *top, const char *path, bool is_folder)
{
	struct top_fdinfo info;
	int fd, err = 0;

	if (is_folder)
		return 0;
	fd = bpf_obj_get(path);
	if (fd < 0)
		return errno == EMFILE || errno == ENFILE ? -errno : 0;
	if (top_fdinfo(0, fd, &info))
		err = add_object(top, 0, &info, path);
	close(fd);
	return err;
}

static int look_at_mount(struct top *top, const char *path)
{
	return top_walk(top, path, look_at_pin);
}

int top_read_pins(struct top *top)
{
	return top_each_mount(top, "bpf", look_at_mount);
}

const struct top_holder *top_holders(const struct top *top, enum top_kind kind, uint32_t id,
				     size_t *count)
{
	size_t low = 0, high = top->holder_count, end;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct top_holder *h = &top->holders[middle];

		if (h->kind < kind || (h->kind == kind && h->id < id))
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < top->holder_count; end++)
		if (top->holders[end].kind != kind || top->holders[end].id != id)
			break;
	*count = end - low;
	return &top->holders[low];
}
