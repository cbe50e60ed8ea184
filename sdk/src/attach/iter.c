/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Links of iterators, with what they go through. Reading them is iter_read.c's. */
#include "iter.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <linux/magic.h>

#include <skep/attach.h>

#include "attach.h"
#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"
#include "kernel/facts.h"
#include "map/map.h"
#include "perf_link.h"

/* The kernel takes any number, and then goes through nobody. */
static int check_task(const struct skep_program *program, const struct skep_iter_opts *opts)
{
	int pid = SKEP_OPT(opts, pid), task = pid ? pid : SKEP_OPT(opts, tid);

	if (!task || !kill(task, 0) || errno != ESRCH)
		return 0;
	return skep_fail_hint(skep_fail(ESRCH, "iterator '%s': there is no %s %d",
					skep_program_name(program), pid ? "process" : "thread",
					task),
			      "it may have ended: `ls /proc` shows those there are");
}

/* Which of the options an iterator has, by what the kernel calls it. */
enum target {
	TARGET_NONE,
	TARGET_MAP,
	TARGET_CGROUP,
	TARGET_TASK
};

static int need_iterator(const struct skep_program *program)
{
	int err = skep_attach_need(program, BPF_PROG_TYPE_TRACING, "iter/task");

	if (err || bpf_program__expected_attach_type(program->prog) == BPF_TRACE_ITER)
		return err;
	return skep_fail_hint(skep_fail(EPROTOTYPE, "program '%s' (%s) is no iterator",
					skep_program_name(program), skep_program_section(program)),
			      "put it into SEC(\"iter/task\"), or attach it with "
			      "skep_attach_tracing()");
}

static int check_opts(const struct skep_program *program, const struct skep_iter_opts *opts)
{
	int count = 0;
	bool cgroup = SKEP_OPT(opts, cgroup) || SKEP_OPT(opts, order);

	count += SKEP_OPT(opts, map) != NULL;
	count += cgroup;
	count += SKEP_OPT(opts, pid) != 0;
	count += SKEP_OPT(opts, tid) != 0;
	if (count > 1)
		return skep_fail(EINVAL,
				 "program '%s': an iterator goes through one of a map, "
				 "cgroups, a process and a thread",
				 skep_program_name(program));
	if (SKEP_OPT(opts, pid) < 0 || SKEP_OPT(opts, tid) < 0)
		return skep_fail(EINVAL, "program '%s': the pid is negative",
				 skep_program_name(program));
	if ((unsigned int)SKEP_OPT(opts, order) > SKEP_ITER_SELF)
		return skep_fail(EINVAL, "%d is not an enum skep_iter_order",
				 (int)SKEP_OPT(opts, order));
	return 0;
}

static bool is_section(const struct skep_program *program, const char *part)
{
	const char *slash = strchr(skep_program_section(program), '/');

	return slash && !strncmp(slash + 1, part, strlen(part));
}

static bool takes_map(const char *iterator)
{
	static const char *const those[] = { "bpf_map_elem", "bpf_sk_storage_map", "sockmap" };

	for (size_t i = 0; i < sizeof(those) / sizeof(*those); i++)
		if (!strncmp(iterator, those[i], strlen(those[i])))
			return true;
	return false;
}

static int refuse_kind(const struct skep_program *program, enum target target)
{
	return skep_fail_hint(skep_fail(EINVAL, "iterator '%s' (%s) does not go through %s",
					skep_program_name(program), skep_program_section(program),
					target == TARGET_MAP    ? "a map"
					: target == TARGET_TASK ? "one process"
								: "cgroups"),
			      target == TARGET_MAP    ? "SEC(\"iter/bpf_map_elem\") does"
			      : target == TARGET_TASK ? "SEC(\"iter/task\") and its like do"
						      : "SEC(\"iter/cgroup\") does");
}

/* To the kernel all targets are one union: a map's descriptor would be taken for a thread's id. */
static int check_kind(const struct skep_program *program, enum target target)
{
	const char *slash = strchr(skep_program_section(program), '/');
	enum target own;

	if (target == TARGET_NONE || !slash || program->targeted)
		return 0;
	if (takes_map(slash + 1))
		own = TARGET_MAP;
	else if (is_section(program, "task"))
		own = TARGET_TASK;
	else if (is_section(program, "cgroup"))
		own = TARGET_CGROUP;
	else
		return 0; /* one that is not known here: the kernel says */
	return own == target ? 0 : refuse_kind(program, target);
}

static enum target target_of(const struct skep_iter_opts *opts)
{
	if (SKEP_OPT(opts, map))
		return TARGET_MAP;
	if (SKEP_OPT(opts, cgroup) || SKEP_OPT(opts, order))
		return TARGET_CGROUP;
	return SKEP_OPT(opts, pid) || SKEP_OPT(opts, tid) ? TARGET_TASK : TARGET_NONE;
}

/* An open cgroup of v2, or -errno in words. */
static int open_cgroup(const struct skep_program *program, const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char root[256] = "";
	struct statfs fs;
	int err;

	if (fd >= 0 && !fstatfs(fd, &fs) && fs.f_type == CGROUP2_SUPER_MAGIC)
		return skep_take_fd(&fd);
	err = fd >= 0 ? EPROTOTYPE : errno == ENOTDIR ? ENOENT : errno;
	err = skep_fail(err, "program '%s': %s %s%s", skep_program_name(program), path,
			fd >= 0 ? "is not in cgroup v2" : "cannot be opened: ",
			fd >= 0 ? "" : strerror(err));
	if (skep_kernel_mount(SKEP_MOUNT_CGROUP2, NULL, root, sizeof(root)))
		return skep_fail_hint(err, "cgroup v2 is mounted at %s", root);
	return skep_fail_hint(err, "`%s`", skep_kernel_mount_command(SKEP_MOUNT_CGROUP2));
}

static const enum bpf_cgroup_iter_order orders[] = {
	[SKEP_ITER_DESCENDANTS_PRE] = BPF_CGROUP_ITER_DESCENDANTS_PRE,
	[SKEP_ITER_DESCENDANTS_POST] = BPF_CGROUP_ITER_DESCENDANTS_POST,
	[SKEP_ITER_ANCESTORS] = BPF_CGROUP_ITER_ANCESTORS_UP,
	[SKEP_ITER_SELF] = BPF_CGROUP_ITER_SELF_ONLY,
};

static int refuse_target(const struct skep_program *program, enum target target, int err,
			 const struct skep_iter_opts *opts)
{
	const char *name = skep_program_name(program);

	if (err == -EINVAL && target == TARGET_NONE && is_section(program, "bpf_map_elem"))
		return skep_fail_hint(skep_fail(err,
						"iterator '%s' goes through a map, and none is "
						"given",
						name),
				      "give .map");
	if (err == -EBADF && is_section(program, "bpf_map_elem") && target == TARGET_NONE)
		return skep_fail_hint(skep_fail(EINVAL,
						"iterator '%s' goes through a map, and none "
						"is given",
						name),
				      "give .map");
	if (target == TARGET_MAP && err == -EACCES)
		return skep_fail_hint(skep_fail(err,
						"iterator '%s' reads beyond the keys or values "
						"of map '%s'",
						name, SKEP_OPT(opts, map)->name),
				      "its key has %u bytes, its value %u",
				      SKEP_OPT(opts, map)->key_bytes,
				      SKEP_OPT(opts, map)->value_bytes);
	if (err == -EINVAL && target != TARGET_NONE)
		return refuse_kind(program, target);
	return 0;
}

static int refuse(const struct skep_program *program, enum target target, int err,
		  const struct skep_iter_opts *opts)
{
	int said = err == -EMFILE || err == -ENOMEM ? skep_perf_refuse(program, err, 0) : 0;

	if (!said)
		said = refuse_target(program, target, err, opts);
	return said ? said : skep_attach_refuse(program, err, NULL, NULL);
}

int skep_attach_iter(struct skep_link **out, const struct skep_program *program,
		     const struct skep_iter_opts *opts)
{
	union bpf_iter_link_info info = { 0 };
	LIBBPF_OPTS(bpf_link_create_opts, create);
	enum target target = target_of(opts);
	AUTO_CLOSE int cgroup = -1;
	int fd, err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = need_iterator(program);
	if (!err)
		err = check_opts(program, opts);
	if (!err)
		err = check_kind(program, target);
	if (!err)
		err = check_task(program, opts);
	if (!err && target == TARGET_MAP)
		err = skep_map_need_open(SKEP_OPT(opts, map));
	if (!err && SKEP_OPT(opts, cgroup))
		err = cgroup = open_cgroup(program, SKEP_OPT(opts, cgroup));
	if (err < 0)
		return err;
	if (target == TARGET_MAP) {
		info.map.map_fd = (__u32)SKEP_OPT(opts, map)->fd;
	} else if (target == TARGET_TASK) {
		info.task.pid = (__u32)SKEP_OPT(opts, pid);
		info.task.tid = (__u32)SKEP_OPT(opts, tid);
	} else if (target == TARGET_CGROUP || is_section(program, "cgroup")) {
		info.cgroup.order = orders[SKEP_OPT(opts, order)];
		info.cgroup.cgroup_fd = cgroup < 0 ? 0 : (__u32)cgroup;
		target = TARGET_CGROUP;
	}
	if (target != TARGET_NONE) {
		create.iter_info = &info;
		create.iter_info_len = sizeof(info);
	}
	fd = bpf_link_create(skep_program_fd(program), 0, BPF_TRACE_ITER, &create);
	return fd < 0 ? refuse(program, target, fd, opts) : skep_link_from_fd(out, fd);
}

int skep_iter_by_section(struct skep_link **out, const struct skep_program *program,
			 const char *target)
{
	return *target && !takes_map(target) ? skep_attach_iter(out, program, NULL) : -EDESTADDRREQ;
}
