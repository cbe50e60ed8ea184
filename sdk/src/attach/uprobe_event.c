/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One uprobe by one perf event. */
#include "uprobe.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/perf_event.h>

#include <skep/kernel.h>
#include <skep/link.h>

#include "object/link.h"
#include "object/object.h"
#include "slow_close.h"

struct state {
	int link, event;
	char *probe; /* in tracefs, or NULL */
	char *file;  /* what is probed, where the kernel was given a descriptor's name; or NULL */
	uint64_t offset;
};

static void free_state(void *of)
{
	struct state *state = of;

	if (state->probe)
		skep_slow_close_then(state->link, state->event, skep_uprobe_remove_probe,
				     state->probe);
	else
		skep_slow_close(state->link, state->event);
	free(state->file);
	free(state);
}

static int fd_of(const void *of)
{
	return ((const struct state *)of)->link;
}

/* Pinned: these are not the last references, so that nothing waits. A probe in tracefs stays. */
static void let_go(void *of)
{
	struct state *state = of;

	close(state->link);
	close(state->event);
	free(state->probe);
	free(state->file);
	free(state);
}

/* The kernel tells the name that it was given: /proc/self/fd/N. */
static void describe(const void *of, struct skep_link_info *info)
{
	const struct state *state = of;

	if (state->file)
		snprintf(info->hook, sizeof(info->hook), "%s %.200s+0x%llx",
			 strncmp(info->way, "uret", 4) == 0 ? "uretprobe" : "uprobe", state->file,
			 (unsigned long long)state->offset);
}

static const struct skep_link_ops ops = {
	.name = "uprobe",
	.free = free_state,
	.fd = fd_of,
	.let_go = let_go,
	.describe = describe,
};

/* A link from 5.15 on; before, without a cookie, by ioctl(). */
static int put_on(int event, int prog_fd, uint64_t cookie, int *link)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .perf_event.bpf_cookie = cookie);
	int fd = bpf_link_create(prog_fd, event, BPF_PERF_EVENT, &opts);

	*link = -1;
	if (fd >= 0) {
		*link = fd;
		return 0;
	}
	if (fd != -EINVAL || cookie || skep_kernel_has("BPF_LINK_TYPE_PERF_EVENT") != SKEP_NO)
		return fd;
	return ioctl(event, PERF_EVENT_IOC_SET_BPF, prog_fd) ? -errno : 0;
}

/* NULL: as it is, or there is no memory for words. */
static char *name_of(const char *path)
{
	char file[PATH_MAX];
	ssize_t n;

	if (strncmp(path, "/proc/self/fd/", 14) != 0)
		return NULL;
	n = readlink(path, file, sizeof(file) - 1);
	return n > 0 ? strndup(file, (size_t)n) : NULL;
}

int skep_uprobe_put_on(struct skep_link **out, const struct skep_program *program, int event,
		       const struct skep_uprobe_place *place, char *probe)
{
	struct state *state = malloc(sizeof(*state));
	char *file = name_of(place->path);
	int err, link = -1;

	err = state ? put_on(event, bpf_program__fd(program->prog), place->cookie, &link) : -ENOMEM;
	if (!err && ioctl(event, PERF_EVENT_IOC_ENABLE, 0))
		err = -errno;
	if (!err) {
		*state = (struct state){ .link = link, .event = event, .probe = probe };
		state->file = file;
		state->offset = place->offset;
		return skep_link_from_ops(out, &ops, state);
	}
	free(file);
	free(state);
	if (probe)
		skep_slow_close_then(link, event, skep_uprobe_remove_probe, probe);
	else
		skep_slow_close(link, event);
	return err;
}

int skep_uprobe_attach_event(struct skep_link **out, const struct skep_program *program,
			     const struct skep_uprobe_place *place)
{
	struct perf_event_attr attr = { .size = sizeof(attr) };
	int event, err, type = skep_uprobe_pmu();

	if (type < 0)
		return place->fallback && type == -ENOENT
			       ? skep_uprobe_attach_tracefs(out, program, place)
			       : type;
	attr.type = (__u32)type;
	attr.config = (place->ret ? skep_uprobe_ret_bit() : 0) | place->semaphore << 32;
	attr.config1 = (uintptr_t)place->path;
	attr.config2 = place->offset;
	event = (int)syscall(SYS_perf_event_open, &attr, place->pid ? place->pid : -1,
			     place->pid ? -1 : 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (event < 0)
		return -errno;
	err = skep_uprobe_put_on(out, program, event, place, NULL);
	if (!err)
		skep_link_set_way(*out, place->ret ? "uretprobe" : "uprobe");
	return err;
}
