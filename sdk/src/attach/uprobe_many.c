/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Many places: by one link of uprobe.multi, or by one uprobe each. */
#include "uprobe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <skep/link.h>

#include "base/fail.h"
#include "kernel/newer.h"
#include "kernel/reason.h"
#include "object/link.h"
#include "object/object.h"
#include "slow_close.h"

#define SITES_MAX (1U << 20) /* the kernel's own limit */
#define RETURNS   1U         /* BPF_F_UPROBE_MULTI_RETURN */

/* BPF_LINK_CREATE's arguments for this kind, which the headers of 6.1 do not have. */
struct create {
	__u32 prog_fd, target_fd, attach_type, flags;
	__aligned_u64 path, offsets, semaphores, cookies;
	__u32 count, multi_flags, pid, unused;
};

static void free_multi(void *state)
{
	skep_slow_close((int)(intptr_t)state, -1);
}

static int fd_of(const void *state)
{
	return (int)(intptr_t)state;
}

static void let_go(void *state)
{
	close((int)(intptr_t)state);
}

static const struct skep_link_ops ops = {
	.name = "uprobe.multi",
	.free = free_multi,
	.fd = fd_of,
	.let_go = let_go,
};

/* -errno without words. */
static int attach_multi(struct skep_link **out, const struct skep_program *program,
			const struct skep_elf_sites *sites, const struct skep_uprobe_place *shared)
{
	struct create create;
	int fd;

	memset(&create, 0, sizeof(create));
	create.prog_fd = (__u32)bpf_program__fd(program->prog);
	create.attach_type = (__u32)bpf_program__expected_attach_type(program->prog);
	create.path = (uintptr_t)shared->path;
	create.offsets = (uintptr_t)sites->offsets;
	create.semaphores = (uintptr_t)sites->semaphores;
	create.cookies = (uintptr_t)sites->cookies;
	create.count = (__u32)sites->count;
	create.multi_flags = shared->ret ? RETURNS : 0;
	create.pid = (__u32)shared->pid;
	fd = (int)syscall(SYS_bpf, BPF_LINK_CREATE, &create, sizeof(create));
	if (fd < 0)
		return -errno;
	fd = skep_link_from_ops(out, &ops, (void *)(intptr_t)fd);
	if (!fd)
		skep_link_set_way(*out, skep_uprobe_is_session(program) ? "uprobe.session"
					: shared->ret                   ? "uretprobe.multi"
									: "uprobe.multi");
	return fd;
}

static void free_links(struct skep_link **links, size_t count)
{
	for (size_t i = 0; i < count; i++)
		skep_link_free(links[i]);
	free(links);
}

/* One for each, or none. */
static int attach_each(struct skep_link **out, const struct skep_program *program,
		       const struct skep_elf_sites *sites, const struct skep_uprobe_place *shared,
		       const char *what)
{
	struct skep_link **links = calloc(sites->count, sizeof(*links));
	struct skep_uprobe_place place = *shared;
	int err = links ? 0 : -ENOMEM;
	const char *way;
	size_t i;

	for (i = 0; !err && i < sites->count; i++) {
		place.offset = sites->offsets[i];
		place.cookie = sites->cookies ? sites->cookies[i] : shared->cookie;
		place.semaphore = sites->semaphores ? sites->semaphores[i] : 0;
		err = skep_uprobe_attach_event(&links[i], program, &place);
	}
	if (err) {
		free_links(links, links ? sites->count : 0);
		return skep_uprobe_refuse(program, err, &place, what);
	}
	way = skep_link_way(links[0]);
	err = skep_link_from_many(out, links, sites->count);
	if (!err)
		skep_link_set_way(*out, way);
	return err;
}

/* Whether the kernel lacks what was asked for, and does not merely refuse these arguments. */
static bool is_lacking(const struct skep_program *program, int err)
{
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_ATTACH, err);

	refusal.prog_type = BPF_PROG_TYPE_KPROBE;
	refusal.attach_type = (int)bpf_program__expected_attach_type(program->prog);
	refusal.section = "uprobe.multi";
	return err != -ESRCH && err != -ENOENT && skep_kernel_lacks(&refusal);
}

static int need_multi(const struct skep_program *program)
{
	return skep_fail_hint(
		skep_fail(EPROTOTYPE, "program '%s' (%s) was not loaded for many places at once",
			  bpf_program__name(program->prog),
			  bpf_program__section_name(program->prog)),
		"put it into SEC(\"uprobe.multi\"), or set .fallback for one uprobe each");
}

int skep_uprobe_attach_sites(struct skep_link **out, const struct skep_program *program,
			     const struct skep_elf_sites *sites,
			     const struct skep_uprobe_place *shared, const char *what)
{
	int err;

	if (sites->count > SITES_MAX)
		return skep_fail_hint(skep_fail(E2BIG,
						"%zu places in %s are more than the kernel "
						"takes in one link (%u)",
						sites->count, what, SITES_MAX),
				      "take a narrower pattern, or several links");
	if (!skep_uprobe_is_multi(program))
		return shared->fallback || shared->each
			       ? attach_each(out, program, sites, shared, what)
			       : need_multi(program);
	err = attach_multi(out, program, sites, shared);
	if (!err)
		return 0;
	/* A session sees both ends of a call, and remembers between: single probes cannot. */
	if ((shared->fallback || shared->each) && !skep_uprobe_is_session(program) &&
	    is_lacking(program, err))
		return attach_each(out, program, sites, shared, what);
	return skep_uprobe_refuse(program, err, shared, what);
}
