/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Programs on control groups, by links. */
#include "cgroup.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"
#include "kernel/facts.h"
#include "kernel/newer.h"
#include "object/capture.h"
#include "object/link.h"
#include "object/object.h"

/* Flags of the kernel's that are newer than its headers here, and how it lays them out. */
enum {
	BEFORE = 1U << 3,
	AFTER = 1U << 4,
	BY_ID = 1U << 5,
	PREORDER = 1U << 6,
	BY_LINK = 1U << 13,
};

struct create {
	uint32_t prog_fd, target_fd, attach_type, flags;
	uint32_t relative, zero;
	uint64_t revision;
};

/* Program types that are attached to groups; attach 0: it hangs on the section. */
static const struct {
	enum bpf_prog_type type;
	enum bpf_attach_type attach;
} types[] = {
	{ BPF_PROG_TYPE_CGROUP_SKB, 0 },
	{ BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_CREATE },
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, 0 },
	{ BPF_PROG_TYPE_CGROUP_SOCKOPT, 0 },
	{ BPF_PROG_TYPE_CGROUP_SYSCTL, BPF_CGROUP_SYSCTL },
	{ BPF_PROG_TYPE_CGROUP_DEVICE, BPF_CGROUP_DEVICE },
	{ BPF_PROG_TYPE_SOCK_OPS, BPF_CGROUP_SOCK_OPS },
};

static int refuse_type(const struct skep_program *program)
{
	return skep_fail_hint(skep_fail(EPROTOTYPE,
					"program '%s' (%s) is not one for control groups",
					skep_program_name(program), skep_program_section(program)),
			      "put it into SEC(\"cgroup_skb/ingress\"), SEC(\"cgroup/connect4\"), "
			      "SEC(\"sockops\") or the like");
}

bool skep_cgroup_takes(const struct skep_program *program)
{
	enum bpf_prog_type is = bpf_program__type(program->prog);

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == is)
			return true;
	return is == BPF_PROG_TYPE_LSM &&
	       bpf_program__expected_attach_type(program->prog) == BPF_LSM_CGROUP;
}

/* Without `bpf` among the security modules the kernel takes the link, and never runs it. */
static int need_lsm(const struct skep_program *program)
{
	char lsms[512];

	if (skep_kernel_lsms(lsms, sizeof(lsms)) && !skep_kernel_lsm_in(lsms, "bpf"))
		return skep_attach_refuse(program, -EOPNOTSUPP, NULL, NULL);
	return 0;
}

/* The hook: what libbpf has of the section, or what the type alone says. */
static int find_type(const struct skep_program *program, const struct skep_cgroup_opts *opts,
		     unsigned int *type)
{
	enum bpf_attach_type expected = bpf_program__expected_attach_type(program->prog);
	enum bpf_prog_type is = bpf_program__type(program->prog);
	bool egress = SKEP_OPT(opts, egress);

	*type = expected;
	if (egress &&
	    (is != BPF_PROG_TYPE_CGROUP_SKB || strchr(skep_program_section(program), '_')))
		return skep_fail(EINVAL, "`.egress` is for SEC(\"cgroup/skb\"): program '%s' is %s",
				 skep_program_name(program), skep_program_section(program));
	if (egress)
		*type = BPF_CGROUP_INET_EGRESS;
	if (is == BPF_PROG_TYPE_LSM && expected == BPF_LSM_CGROUP)
		return need_lsm(program);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == is) {
			if (!*type)
				*type = types[i].attach;
			return 0;
		}
	return refuse_type(program);
}

static int check_opts(const struct skep_cgroup_opts *opts, enum skep_cgroup_mode mode)
{
	int orders = SKEP_OPT(opts, first) + !!SKEP_OPT(opts, before) + !!SKEP_OPT(opts, after) +
		     !!SKEP_OPT(opts, before_id) + !!SKEP_OPT(opts, after_id);

	if ((unsigned int)mode > SKEP_CGROUP_EXCLUSIVE)
		return skep_fail(EINVAL, "%d is not an enum skep_cgroup_mode", (int)mode);
	if (orders > 1)
		return skep_fail(EINVAL,
				 "a program has one place among others: give one of "
				 "`.first`, `.before`, `.after`, `.before_id`, `.after_id`");
	if (mode == SKEP_CGROUP_LINK && SKEP_OPT(opts, replaces))
		return skep_fail_hint(skep_fail(EINVAL, "`.replaces` is not for links"),
				      "skep_link_update() puts another program behind a link");
	if (mode != SKEP_CGROUP_LINK && (orders || SKEP_OPT(opts, preorder)))
		return skep_fail(EINVAL, "the order of programs is for SKEP_CGROUP_LINK");
	return 0;
}

/* Which program it stands beside, as the kernel wants it; -EINVAL in words. */
static int set_order(struct create *create, const struct skep_cgroup_opts *opts)
{
	const struct skep_link *before = SKEP_OPT(opts, before), *after = SKEP_OPT(opts, after);
	uint32_t before_id = SKEP_OPT(opts, before_id), after_id = SKEP_OPT(opts, after_id);
	int fd;

	if (SKEP_OPT(opts, preorder))
		create->flags |= PREORDER;
	if (SKEP_OPT(opts, first) || before || before_id)
		create->flags |= BEFORE;
	if (after || after_id)
		create->flags |= AFTER;
	if (before_id || after_id) {
		create->flags |= BY_ID | BY_LINK;
		create->relative = before_id ? before_id : after_id;
	}
	if (!before && !after)
		return 0;
	fd = skep_link_fd(before ? before : after);
	if (fd < 0)
		return skep_fail_hint(
			skep_fail(EINVAL, "the link to stand beside is none of the kernel's (%s)",
				  skep_link_way(before ? before : after)),
			"attach that program by SKEP_CGROUP_LINK too");
	create->flags |= BY_LINK;
	create->relative = (uint32_t)fd;
	return 0;
}

static int refuse_order(const struct skep_cgroup_place *place, int err, uint32_t flags)
{
	const char *feature = flags == PREORDER ? "preorder on cgroups" : "order on cgroups";
	uint32_t since = skep_kernel_since(feature), running = skep_kernel_version();
	char needed[16], have[16];

	if (err == -ENOENT)
		return skep_fail(ENOENT,
				 "cannot attach program '%s': the one to stand beside is not at "
				 "this hook of %s",
				 skep_program_name(place->program), place->name);
	if (running < since)
		return skep_fail_hint(
			skep_fail(EOPNOTSUPP,
				  "cannot attach program '%s' in that order: it came with Linux "
				  "%s; this is %s",
				  skep_program_name(place->program),
				  skep_kernel_version_text(since, needed, sizeof(needed)),
				  skep_kernel_version_text(running, have, sizeof(have))),
			"without it programs run in the order in which they were attached");
	return skep_fail(EINVAL,
			 "cannot attach program '%s' in that order: the link to stand beside is of "
			 "another type of program, or one of both is `.preorder` and the other is "
			 "not",
			 skep_program_name(place->program));
}

int skep_cgroup_refuse(const struct skep_cgroup_place *place, int err)
{
	const char *name = skep_program_name(place->program);
	int blocked;

	switch (err) {
	case -EPERM:
		blocked = skep_cgroup_blocked(place);
		return blocked ? blocked
			       : skep_attach_refuse(place->program, err, NULL, place->name);
	case -ENOENT:
	case -ENODEV:
		return skep_fail(ENOENT, "cannot attach program '%s': %s was removed", name,
				 place->name);
	case -E2BIG:
		return skep_fail(E2BIG,
				 "cannot attach program '%s': %s has as many programs at this hook "
				 "as the kernel takes",
				 name, place->name);
	default:
		return skep_attach_refuse(place->program, err, NULL, place->name);
	}
}

static int attach_link(struct skep_link **out, const struct skep_cgroup_place *place,
		       const struct skep_cgroup_opts *opts)
{
	struct create create = { .prog_fd = (uint32_t)skep_program_fd(place->program),
				 .target_fd = (uint32_t)place->fd,
				 .attach_type = place->type };
	int fd, err = set_order(&create, opts);

	if (err)
		return err;
	fd = (int)syscall(SYS_bpf, BPF_LINK_CREATE, &create, sizeof(create));
	if (fd >= 0)
		return skep_link_from_fd(out, fd);
	err = -errno;
	if (create.flags && (err == -EINVAL || err == -ENOENT))
		return refuse_order(place, err, create.flags);
	return skep_cgroup_refuse(place, err);
}

/* What can be said before it is looked where: the same for a path and a file descriptor. */
static int check(const struct skep_program *program, const struct skep_cgroup_opts *opts,
		 unsigned int *type)
{
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = skep_attach_need_loaded(program);
	if (!err)
		err = check_opts(opts, SKEP_OPT(opts, mode));
	if (!err)
		err = find_type(program, opts, type);
	return err;
}

static int attach(struct skep_link **out, const struct skep_cgroup_place *place,
		  const struct skep_cgroup_opts *opts)
{
	enum skep_cgroup_mode mode = SKEP_OPT(opts, mode);
	SKEP_CAPTURE(said);

	return mode == SKEP_CGROUP_LINK
		       ? attach_link(out, place, opts)
		       : skep_cgroup_attach_legacy(out, place, mode, SKEP_OPT(opts, replaces));
}

int skep_attach_cgroup(struct skep_link **out, const struct skep_program *program,
		       const char *cgroup, const struct skep_cgroup_opts *opts)
{
	struct skep_cgroup_place place = { .program = program };
	AUTO_CLOSE int fd = -1;
	char path[PATH_MAX];
	int err = check(program, opts, &place.type);

	if (err)
		return err;
	fd = skep_cgroup_open(cgroup, path, sizeof(path));
	if (fd < 0)
		return fd;
	place.fd = fd;
	place.name = path;
	return attach(out, &place, opts);
}

int skep_attach_cgroup_fd(struct skep_link **out, const struct skep_program *program, int fd,
			  const struct skep_cgroup_opts *opts)
{
	struct skep_cgroup_place place = { .program = program, .fd = fd };
	char path[PATH_MAX];
	int err = check(program, opts, &place.type);

	if (!err)
		err = skep_cgroup_look(fd, path, sizeof(path));
	if (err)
		return err;
	place.name = path;
	return attach(out, &place, opts);
}
