/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "perf_link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/perf_event.h>

#include <skep/kernel.h>
#include <skep/link.h>

#include "attach.h"
#include "base/fail.h"
#include "slow_close.h"

struct skep_perf_link *skep_perf_link_new(bool slow)
{
	struct skep_perf_link *link = calloc(1, sizeof(*link));

	if (link)
		link->slow = slow;
	return link;
}

/* Counters of the kernel's own are gone at once; of probes and tracepoints the kernel waits. */
static void close_place(const struct skep_perf_place *place, bool slow)
{
	if (slow) {
		skep_slow_close(place->link, place->event);
		return;
	}
	if (place->link >= 0)
		close(place->link);
	close(place->event);
}

void skep_perf_link_free(struct skep_perf_link *link)
{
	if (!link)
		return;
	for (size_t i = link->count; i > 0; i--)
		close_place(&link->places[i - 1], link->slow);
	free(link->places);
	free(link);
}

int skep_perf_open(const struct perf_event_attr *attr, int pid, int cpu)
{
	int fd = (int)syscall(SYS_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* A link, which can be pinned and has cookies, from 5.15 on. */
static int put_on(int event, int prog_fd, uint64_t cookie, int *link)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .perf_event.bpf_cookie = cookie);
	int err = bpf_link_create(prog_fd, event, BPF_PERF_EVENT, &opts);

	*link = err >= 0 ? err : -1;
	if (err >= 0)
		return 0;
	if (cookie || err == -EMFILE)
		return err;
	return ioctl(event, PERF_EVENT_IOC_SET_BPF, prog_fd) ? -errno : 0;
}

int skep_perf_link_add(struct skep_perf_link *link, int event, int prog_fd, uint64_t cookie)
{
	struct skep_perf_place *places = link->places;
	int err, fd = -1;

	if (link->count == link->room) {
		size_t room = link->room ? link->room * 2 : 8;

		places = realloc(places, room * sizeof(*places));
		if (!places) {
			close(event);
			return -ENOMEM;
		}
		link->places = places;
		link->room = room;
	}
	err = put_on(event, prog_fd, cookie, &fd);
	if (!err && ioctl(event, PERF_EVENT_IOC_ENABLE, 0))
		err = -errno;
	if (err) {
		if (fd >= 0)
			close(fd);
		close(event);
		return err;
	}
	places[link->count++] = (struct skep_perf_place){ .event = event, .link = fd };
	return 0;
}

static void free_state(void *state)
{
	skep_perf_link_free(state);
}

/* Of several, none stands for all. */
static int fd_of(const void *state)
{
	const struct skep_perf_link *link = state;

	return link->count == 1 ? link->places[0].link : -1;
}

/* Of many events there is no link that the kernel could tell about. */
static void describe(const void *state, struct skep_link_info *info)
{
	const struct skep_perf_link *link = state;

	info->count = (uint32_t)link->count;
	if (link->count > 1)
		snprintf(info->hook, sizeof(info->hook), "%zu events", link->count);
}

static const struct skep_link_ops ops = {
	.name = "perf event",
	.free = free_state,
	.fd = fd_of,
	.describe = describe,
};

int skep_perf_link_finish(struct skep_link **out, struct skep_perf_link **link, const char *way)
{
	int err = skep_link_from_ops(out, &ops, SKEP_TAKE(*link));

	if (!err)
		skep_link_set_way(*out, way);
	return err;
}

int skep_perf_refuse(const struct skep_program *program, int err, uint64_t cookie)
{
	struct rlimit limit = { 0 };

	switch (err) {
	case -EMFILE:
		getrlimit(RLIMIT_NOFILE, &limit);
		return skep_fail_hint(skep_fail(EMFILE,
						"cannot attach program '%s' (%s): this process may "
						"not open more than %llu files",
						skep_program_name(program),
						skep_program_section(program),
						(unsigned long long)limit.rlim_cur),
				      "raise `ulimit -n`, or close what it does not need");
	case -E2BIG:
		return skep_fail_hint(skep_fail(E2BIG,
						"cannot attach program '%s' (%s): as many programs "
						"as the kernel takes (64) are there",
						skep_program_name(program),
						skep_program_section(program)),
				      "`bpftool perf` shows whose they are");
	case -ENOMEM:
		return skep_fail(ENOMEM, "no memory to attach program '%s'",
				 skep_program_name(program));
	default:
		if (cookie && err == -EINVAL && skep_kernel_has("BPF_PERF_EVENT") == SKEP_NO)
			return skep_fail_hint(
				skep_fail(EOPNOTSUPP,
					  "cannot attach program '%s' (%s) with a cookie: this "
					  "kernel has none",
					  skep_program_name(program),
					  skep_program_section(program)),
				"run it on a newer kernel, or without .cookie");
		return 0;
	}
}
