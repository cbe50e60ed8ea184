/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A uprobe by tracefs, for kernels whose perf has none. Such a probe has a name and outlives its
 * owner; ours have the process id in it, so that one sees whose they were.
 */
#include "uprobe.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/perf_event.h>

#include "kernel/facts.h"
#include "object/link.h"

#define GROUP "skep"

static int write_line(const char *line)
{
	char path[PATH_MAX], mount[256];
	AUTO_CLOSE int fd = -1;
	ssize_t length = (ssize_t)strlen(line);

	if (!skep_kernel_mount(SKEP_MOUNT_TRACEFS, NULL, mount, sizeof(mount)))
		return -ENOENT;
	snprintf(path, sizeof(path), "%s/uprobe_events", mount);
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return write(fd, line, (size_t)length) == length ? 0 : -errno;
}

void skep_uprobe_remove_probe(void *of)
{
	char line[128], *probe = of;

	snprintf(line, sizeof(line), "-:" GROUP "/%s", probe);
	write_line(line);
	free(probe);
}

static int event_id(const char *probe)
{
	char path[PATH_MAX], mount[256], text[32];
	int err;

	if (!skep_kernel_mount(SKEP_MOUNT_TRACEFS, NULL, mount, sizeof(mount)))
		return -ENOENT;
	snprintf(path, sizeof(path), "%s/events/" GROUP "/%s/id", mount, probe);
	err = skep_kernel_read(path, text, sizeof(text));
	return err ? err : atoi(text);
}

static int open_event(const char *probe, int pid)
{
	struct perf_event_attr attr = { .size = sizeof(attr), .type = PERF_TYPE_TRACEPOINT };
	int fd, id = event_id(probe);

	if (id < 0)
		return id;
	attr.config = (unsigned int)id;
	fd = (int)syscall(SYS_perf_event_open, &attr, pid ? pid : -1, pid ? -1 : 0, -1,
			  PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* The kernel reads the path up to a blank: that of a descriptor has none. */
static int make_probe(const char *probe, const struct skep_uprobe_place *place)
{
	char line[256], semaphore[32] = "";

	if (place->semaphore)
		snprintf(semaphore, sizeof(semaphore), "(0x%llx)",
			 (unsigned long long)place->semaphore);
	snprintf(line, sizeof(line), "%c:" GROUP "/%s %s:0x%llx%s", place->ret ? 'r' : 'p', probe,
		 place->path, (unsigned long long)place->offset, semaphore);
	return write_line(line);
}

int skep_uprobe_attach_tracefs(struct skep_link **out, const struct skep_program *program,
			       const struct skep_uprobe_place *place)
{
	static atomic_uint made;
	char *probe = NULL;
	int event, err;

	if (asprintf(&probe, "probe_%d_%u", getpid(), atomic_fetch_add(&made, 1)) < 0)
		return -ENOMEM;
	err = make_probe(probe, place);
	if (err) {
		free(probe);
		return err;
	}
	event = open_event(probe, place->pid);
	if (event < 0) {
		skep_uprobe_remove_probe(probe);
		return event;
	}
	err = skep_uprobe_put_on(out, program, event, place, probe);
	if (!err)
		skep_link_set_way(*out, place->ret ? "uretprobe by tracefs" : "uprobe by tracefs");
	return err;
}
