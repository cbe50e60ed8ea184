/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Links whose program changes, and links that end before they are freed. */
#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <skep/link.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"
#include "kernel/newer.h"
#include "object.h"

/* -1: unknown. */
static int type_of_program(int fd)
{
	struct bpf_prog_info info = { 0 };
	uint32_t bytes = sizeof(info);

	return fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &bytes) ? -1 : (int)info.type;
}

static uint32_t id_of_program(const struct skep_link *link)
{
	struct skep_link_info_raw raw = { 0 };

	return skep_link_ask(skep_link_fd(link), &raw) ? 0 : raw.prog_id;
}

static const char *type_words(int type)
{
	const char *name = type < 0 ? NULL : libbpf_bpf_prog_type_str((enum bpf_prog_type)type);

	return name ? name : "another";
}

/* --- update --- */

static int cannot_update(const struct skep_link *link)
{
	return skep_fail_hint(skep_fail(EOPNOTSUPP,
					"a link of the way '%s' cannot be updated in place",
					skep_link_way(link)),
			      "attach the new program first, then free this link");
}

static int is_busy(uint32_t found, uint32_t expected)
{
	return skep_fail_hint(skep_fail(EBUSY, "the link has program %u, and not %u as expected",
					found, expected),
			      "somebody updated it: look at skep_link_info(), and try again");
}

/* The kernel says EINVAL for most of it. */
static int refuse_update(const struct skep_link *link, int prog_fd, uint32_t expected, int err)
{
	uint32_t found = id_of_program(link);
	AUTO_CLOSE int old = found ? bpf_prog_get_fd_by_id(found) : -1;
	int is = type_of_program(old), wanted = type_of_program(prog_fd);

	if (err == -ENOLINK)
		return skep_fail_hint(
			skep_fail(err, "the link is empty: detached, or what it hung on is gone"),
			"free it, and attach anew");
	if (expected && found && found != expected)
		return is_busy(found, expected);
	if (is >= 0 && wanted >= 0 && is != wanted)
		return skep_fail_hint(
			skep_fail(EPROTOTYPE, "the link's program is of type %s, the new one of %s",
				  type_words(is), type_words(wanted)),
			"put the new program into the same SEC() as the old one");
	if (err == -EPERM)
		return skep_fail_hint(skep_fail(err, "cannot update the link: %s", strerror(-err)),
				      "run as root or with CAP_BPF, and CAP_NET_ADMIN for the "
				      "network's hooks");
	if (err == -EINVAL && is == wanted)
		return skep_fail_hint(
			skep_fail(EPROTOTYPE,
				  "the kernel does not take this program for the link "
				  "(%s): they differ in what they attach to",
				  skep_link_way(link)),
			"put the new program into the same SEC() as the old one");
	return skep_fail(err, "cannot update the link: %s", strerror(-err));
}

static int update_one(struct skep_link *link, int prog_fd, uint32_t expected)
{
	LIBBPF_OPTS(bpf_link_update_opts, opts);
	struct skep_link_info_raw raw = { 0 };
	AUTO_CLOSE int old = -1;
	int err, fd = skep_link_fd(link);

	if (link->ops->update) {
		err = link->ops->update(link->state, prog_fd);
		return err ? refuse_update(link, prog_fd, 0, err) : 0;
	}
	if (fd < 0 || skep_link_ask(fd, &raw) || !skep_link_kind(raw.type)->updates)
		return cannot_update(link);
	if (expected) {
		if (raw.prog_id != expected)
			return is_busy(raw.prog_id, expected);
		old = bpf_prog_get_fd_by_id(expected);
		if (old < 0)
			return skep_fail(old, "cannot open program %u: %s", expected,
					 strerror(-old));
		opts.old_prog_fd = (uint32_t)old;
		opts.flags = BPF_F_REPLACE;
	}
	err = bpf_link_update(fd, prog_fd, &opts);
	if (err == -EOPNOTSUPP || err == -SKEP_KERNEL_ENOTSUPP)
		return cannot_update(link);
	return err ? refuse_update(link, prog_fd, expected, err) : 0;
}

/* All have the same program, as one call of ours attached them. */
static int update_parts(struct skep_link *link, int prog_fd, uint32_t expected)
{
	uint32_t before = link->count ? id_of_program(link->parts[0]) : 0;
	int err = 0;
	size_t i;

	for (i = 0; i < link->count && !err; i++)
		err = update_one(link->parts[i], prog_fd, expected);
	if (err && i > 1) {
		AUTO_CLOSE int old = before ? bpf_prog_get_fd_by_id(before) : -1;
		SKEP_KEEP_ERROR;

		for (size_t done = 0; old >= 0 && done < i - 1; done++)
			(void)update_one(link->parts[done], old, 0);
	}
	return err;
}

int skep_link_update(struct skep_link *link, const struct skep_program *program,
		     const struct skep_link_update_opts *opts)
{
	uint32_t expected = SKEP_OPT(opts, expected_program_id);
	int fd, err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = skep_link_need_open(link);
	if (!err && !program)
		err = skep_fail_hint(skep_fail(EINVAL, "there is no program to put into the link"),
				     "skep_object_program() returns NULL for a name that the "
				     "object does not have");
	if (err)
		return err;
	fd = skep_program_fd(program);
	if (fd < 0)
		return skep_fail_hint(
			skep_fail(EBADF, "program '%s' is not loaded", skep_program_name(program)),
			"load its object first, and look at the result");
	return link->parts ? update_parts(link, fd, expected) : update_one(link, fd, expected);
}

/* --- detach --- */

static int cannot_detach(const struct skep_link *link)
{
	return skep_fail_hint(
		skep_fail(EOPNOTSUPP,
			  "a link of the way '%s' cannot be detached before it is freed",
			  skep_link_way(link)),
		"unpin it, and free it wherever it is open: skep_link_free() detaches");
}

static int detach_one(struct skep_link *link)
{
	struct skep_link_info_raw raw = { 0 };
	int err, fd = skep_link_fd(link);

	if (link->ops->detach) {
		err = link->ops->detach(link->state);
	} else {
		if (fd < 0 || skep_link_ask(fd, &raw) || !skep_link_kind(raw.type)->detaches)
			return cannot_detach(link);
		err = bpf_link_detach(fd);
		if (err == -EINVAL || err == -EOPNOTSUPP) /* before 5.9; not for this kind yet */
			return cannot_detach(link);
	}
	if (err == -EPERM)
		return skep_fail_hint(skep_fail(err, "cannot detach the link: %s", strerror(-err)),
				      "run as root or with CAP_BPF, and CAP_NET_ADMIN for the "
				      "network's hooks");
	return err ? skep_fail(err, "cannot detach the link: %s", strerror(-err)) : 0;
}

int skep_link_detach(struct skep_link *link)
{
	int err = skep_link_need_open(link);

	if (err || !link->parts)
		return err ? err : detach_one(link);
	for (size_t i = 0; i < link->count; i++) {
		int one = detach_one(link->parts[i]);

		if (!err)
			err = one;
	}
	return err;
}
