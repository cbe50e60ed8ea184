/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "tracepoint.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <linux/perf_event.h>

#include <skep/attach.h>

#include "attach.h"
#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"
#include "kernel/facts.h"
#include "perf_link.h"

#define NAME_ROOM 200

/* One slash between two names, and no way out of tracefs. */
static int check_name(const struct skep_program *program, const char *tracepoint)
{
	const char *slash = tracepoint ? strchr(tracepoint, '/') : NULL;

	if (slash && slash > tracepoint && slash[1] && !strchr(slash + 1, '/') &&
	    tracepoint[0] != '.' && slash[1] != '.' && strlen(tracepoint) < NAME_ROOM)
		return 0;
	return skep_fail_hint(skep_fail(EINVAL,
					"cannot attach program '%s': '%.80s' is no "
					"category/name",
					skep_program_name(program), tracepoint ? tracepoint : ""),
			      "write it as in sched/sched_process_exec");
}

int skep_tracepoint_find(const struct skep_program *program, const char *tracepoint, uint64_t *id)
{
	char tracefs[256], path[512], text[32];
	int err = check_name(program, tracepoint);

	if (err)
		return err;
	err = -ENOENT;
	if (skep_kernel_mount(SKEP_MOUNT_TRACEFS, NULL, tracefs, sizeof(tracefs))) {
		snprintf(path, sizeof(path), "%s/events/%s/id", tracefs, tracepoint);
		err = skep_kernel_read(path, text, sizeof(text));
	}
	if (err)
		return skep_attach_refuse(program, err, NULL, tracepoint);
	*id = strtoull(text, NULL, 10);
	return 0;
}

static int refuse(const struct skep_program *program, int err, const char *tracepoint,
		  uint64_t cookie)
{
	int said = skep_perf_refuse(program, err, cookie);

	if (said)
		return said;
	/* With what bpf() itself forbids out of the way, this is the program's own doing. */
	if (err == -EACCES && skep_kernel_has_capability("cap_perfmon") == SKEP_YES)
		return skep_fail_hint(skep_fail(EACCES,
						"cannot attach program '%s' to %s: it reads beyond "
						"the tracepoint's fields",
						skep_program_name(program), tracepoint),
				      "events/%s/format in tracefs has them", tracepoint);
	return skep_attach_refuse(program, err, NULL, tracepoint);
}

int skep_attach_tracepoint(struct skep_link **out, const struct skep_program *program,
			   const char *tracepoint, const struct skep_tracepoint_opts *opts)
{
	struct perf_event_attr attr = { .size = sizeof(attr), .type = PERF_TYPE_TRACEPOINT };
	uint64_t id = 0, cookie = SKEP_OPT(opts, cookie);
	AUTO_PERF *link = NULL;
	int event, err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = skep_attach_need(program, BPF_PROG_TYPE_TRACEPOINT, "tp");
	if (!err)
		err = skep_tracepoint_find(program, tracepoint, &id);
	if (err)
		return err;
	link = skep_perf_link_new(true);
	if (!link)
		return skep_perf_refuse(program, -ENOMEM, 0);
	attr.config = id;
	attr.sample_period = 1;
	attr.disabled = 1;
	event = skep_perf_open(&attr, -1, 0);
	if (event < 0) {
		err = skep_perf_refuse(program, event, cookie);
		return err ? err : skep_attach_refuse(program, event, NULL, tracepoint);
	}
	err = skep_perf_link_add(link, event, skep_program_fd(program), cookie);
	return err ? refuse(program, err, tracepoint, cookie)
		   : skep_perf_link_finish(out, &link, "tracepoint");
}

int skep_tracepoint_by_section(struct skep_link **out, const struct skep_program *program,
			       const char *target)
{
	return *target ? skep_attach_tracepoint(out, program, target, NULL) : -EDESTADDRREQ;
}

/* As the kernel has it since 6.10; with a cookie of 0 older ones take it too. */
struct raw_tracepoint_attr {
	uint64_t name;
	uint32_t prog_fd;
	uint32_t pad;
	uint64_t cookie;
};

static int open_raw(int prog_fd, const char *tracepoint, uint64_t cookie)
{
	struct raw_tracepoint_attr attr = { .name = (uintptr_t)tracepoint,
					    .prog_fd = (uint32_t)prog_fd,
					    .cookie = cookie };
	int fd = (int)syscall(SYS_bpf, BPF_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr));

	return fd < 0 ? -errno : fd;
}

/* Older kernels take nothing but zeros where the cookie is. */
static bool opens_without(const struct skep_program *program, const char *tracepoint)
{
	AUTO_CLOSE int fd = open_raw(skep_program_fd(program), tracepoint, 0);

	return fd >= 0;
}

static int refuse_raw(const struct skep_program *program, int err, const char *tracepoint,
		      uint64_t cookie)
{
	int said = err == -EMFILE || err == -ENOMEM ? skep_perf_refuse(program, err, 0) : 0;

	if (said)
		return said;
	if (cookie && err == -EINVAL && opens_without(program, tracepoint))
		return skep_fail_hint(skep_fail(EOPNOTSUPP,
						"cannot attach program '%s' to %s with a cookie: "
						"this kernel has none for raw tracepoints",
						skep_program_name(program), tracepoint),
				      "attach it without .cookie");
	return skep_attach_refuse(program, err, NULL, tracepoint);
}

int skep_attach_raw_tracepoint(struct skep_link **out, const struct skep_program *program,
			       const char *tracepoint, const struct skep_tracepoint_opts *opts)
{
	enum bpf_prog_type type = bpf_program__type(program->prog);
	uint64_t cookie = SKEP_OPT(opts, cookie);
	int fd, err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = skep_attach_need(program,
				       type == BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE
					       ? BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE
					       : BPF_PROG_TYPE_RAW_TRACEPOINT,
				       "raw_tp");
	if (err)
		return err;
	if (!tracepoint || !*tracepoint)
		return skep_fail_hint(skep_fail(EINVAL,
						"cannot attach program '%s': which "
						"tracepoint is not said",
						skep_program_name(program)),
				      "give its name, as sched_process_exec");
	fd = open_raw(skep_program_fd(program), tracepoint, cookie);
	if (fd < 0)
		return refuse_raw(program, fd, tracepoint, cookie);
	err = skep_link_from_fd(out, fd);
	if (!err)
		skep_link_set_way(*out, "raw tracepoint");
	return err;
}
