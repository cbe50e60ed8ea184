/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Programs on control groups without links (BPF_PROG_ATTACH). Such an attachment belongs to the
 * group and not to who made it. The kernel replaces and takes off the only program of a group
 * whoever's it is, so here it is looked first whose it is.
 */
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "object/link.h"

struct legacy {
	int group;
	int prog;
	unsigned int type;
	uint32_t flags; /* BPF_F_ALLOW_... */
};

/* Whether it is ours that is there. */
static bool is_there(const struct legacy *l)
{
	struct skep_cgroup_list list;

	return !skep_cgroup_list(l->group, l->type, &list) &&
	       skep_cgroup_has(&list, skep_cgroup_program_id(l->prog));
}

static int detach(void *state)
{
	struct legacy *l = state;

	if (!is_there(l))
		return 0; /* with its group, or somebody replaced it */
	return bpf_prog_detach2(l->prog, l->group, (enum bpf_attach_type)l->type);
}

static void let_go(void *state)
{
	struct legacy *l = state;

	close(l->prog);
	close(l->group);
	free(l);
}

static void detach_and_free(void *state)
{
	detach(state);
	let_go(state);
}

static int update(void *state, int prog_fd)
{
	struct legacy *l = state;
	bool shares = l->flags & BPF_F_ALLOW_MULTI;
	LIBBPF_OPTS(bpf_prog_attach_opts, opts, .flags = l->flags);
	int copy, err;

	if (!is_there(l))
		return -ENOENT;
	if (shares) {
		opts.flags |= BPF_F_REPLACE;
		opts.replace_prog_fd = l->prog;
	}
	copy = fcntl(prog_fd, F_DUPFD_CLOEXEC, 3);
	if (copy < 0)
		return -errno;
	err = bpf_prog_attach_opts(prog_fd, l->group, (enum bpf_attach_type)l->type, &opts);
	if (err) {
		close(copy);
		return err;
	}
	close(l->prog);
	l->prog = copy;
	return 0;
}

static const struct skep_link_ops ops = {
	.name = "cgroup",
	.free = detach_and_free,
	.update = update,
	.detach = detach,
	.let_go = let_go,
};

static const struct {
	uint32_t flags;
	const char *way;
} modes[] = {
	[SKEP_CGROUP_MULTI] = { BPF_F_ALLOW_MULTI, "cgroup multi" },
	[SKEP_CGROUP_OVERRIDE] = { BPF_F_ALLOW_OVERRIDE, "cgroup override" },
	[SKEP_CGROUP_EXCLUSIVE] = { 0, "cgroup exclusive" },
};

static int refuse_other(const struct skep_cgroup_place *place, uint32_t id, bool shares)
{
	int err = skep_fail(EBUSY,
			    "cannot attach program '%s' to %s as the only one: program %u is there",
			    skep_program_name(place->program), place->name, id);

	if (shares)
		return skep_fail_hint(err, "attach beside it by SKEP_CGROUP_LINK");
	return skep_fail_hint(err, "put it in its place by `.replaces = %u`", id);
}

/* What the kernel would do without a word, or refuse with EINVAL. */
static int check_there(const struct skep_cgroup_place *place, enum skep_cgroup_mode mode,
		       uint32_t replaces)
{
	int prog = skep_program_fd(place->program);
	struct skep_cgroup_list list;

	if (skep_cgroup_list(place->fd, place->type, &list))
		return 0; /* attaching fails too, and says why */
	if (replaces && !skep_cgroup_has(&list, replaces))
		return skep_fail(ENOENT, "program %u, to be replaced, is not attached to %s",
				 replaces, place->name);
	if (mode == SKEP_CGROUP_MULTI && skep_cgroup_has(&list, skep_cgroup_program_id(prog)))
		return skep_fail(EEXIST, "program '%s' is attached to %s already",
				 skep_program_name(place->program), place->name);
	if (mode != SKEP_CGROUP_MULTI && list.count &&
	    (list.flags & BPF_F_ALLOW_MULTI || list.ids[0] != replaces))
		return refuse_other(place, list.ids[0], list.flags & BPF_F_ALLOW_MULTI);
	return 0;
}

static int attach(const struct legacy *l, uint32_t replaces)
{
	AUTO_CLOSE int old = -1;
	LIBBPF_OPTS(bpf_prog_attach_opts, opts, .flags = l->flags);

	if (replaces && l->flags & BPF_F_ALLOW_MULTI) {
		old = bpf_prog_get_fd_by_id(replaces);
		if (old < 0)
			return old;
		opts.flags |= BPF_F_REPLACE;
		opts.replace_prog_fd = old;
	}
	return bpf_prog_attach_opts(l->prog, l->group, (enum bpf_attach_type)l->type, &opts);
}

int skep_cgroup_attach_legacy(struct skep_link **out, const struct skep_cgroup_place *place,
			      enum skep_cgroup_mode mode, uint32_t replaces)
{
	AUTO_CLOSE int group = fcntl(place->fd, F_DUPFD_CLOEXEC, 3);
	AUTO_CLOSE int prog = fcntl(skep_program_fd(place->program), F_DUPFD_CLOEXEC, 3);
	AUTO_FREE struct legacy *l = malloc(sizeof(*l));
	int err = check_there(place, mode, replaces);

	if (err)
		return err;
	if (group < 0 || prog < 0)
		return skep_cgroup_refuse(place, -EMFILE);
	if (!l)
		return skep_fail(ENOMEM, "no memory for a link");
	*l = (struct legacy){ group, prog, place->type, modes[mode].flags };
	err = attach(l, replaces);
	if (err)
		return skep_cgroup_refuse(place, err);
	skep_take_fd(&group);
	skep_take_fd(&prog);
	err = skep_link_from_ops(out, &ops, SKEP_TAKE(l));
	if (!err)
		skep_link_set_way(*out, modes[mode].way);
	return err;
}
