/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Many functions by one link, or, where that is allowed, by a probe for each. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <skep/attach.h>

#include "attach.h"
#include "base/fail.h"
#include "base/opts.h"
#include "functions.h"
#include "kernel/newer.h"
#include "kprobe.h"
#include "kprobe_sites.h"
#include "perf_link.h"

#define MOST_SITES (1u << 20) /* the kernel's own limit */
#define MOST_BAD   64         /* that are found by trying: more have another reason */

static bool is_session(const struct skep_program *program)
{
	return (int)bpf_program__expected_attach_type(program->prog) ==
	       SKEP_BPF_ATTACH_KPROBE_SESSION;
}

/* Arrays as the kernel wants them. */
struct arrays {
	uint64_t *places; /* addresses, or pointers to names */
	uint64_t *cookies;
};

static void free_arrays(struct arrays *arrays)
{
	free(arrays->places);
	free(arrays->cookies);
}

static int make_arrays(struct arrays *arrays, const struct skep_sites *sites)
{
	bool any = false;

	arrays->places = calloc(sites->count, sizeof(*arrays->places));
	arrays->cookies = calloc(sites->count, sizeof(*arrays->cookies));
	if (!arrays->places || !arrays->cookies)
		return skep_fail(ENOMEM, "no memory for %zu functions", sites->count);
	for (size_t i = 0; i < sites->count; i++) {
		const struct skep_site *site = &sites->list[i];

		arrays->places[i] = sites->by_name ? (uintptr_t)site->name : site->address;
		arrays->cookies[i] = site->cookie;
		any = any || site->cookie;
	}
	if (!any) { /* looking them up costs each call */
		free(arrays->cookies);
		arrays->cookies = NULL;
	}
	return 0;
}

/* A link's file descriptor, or -errno. */
static int create(const struct skep_sites *sites, const struct arrays *arrays, bool ret,
		  size_t from, size_t count)
{
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = (__u32)skep_program_fd(sites->program);
	attr.link_create.attach_type = is_session(sites->program)
					       ? (__u32)SKEP_BPF_ATTACH_KPROBE_SESSION
					       : (__u32)BPF_TRACE_KPROBE_MULTI;
	attr.link_create.kprobe_multi.flags = ret ? BPF_F_KPROBE_MULTI_RETURN : 0;
	attr.link_create.kprobe_multi.cnt = (__u32)count;
	if (sites->by_name)
		attr.link_create.kprobe_multi.syms = (uintptr_t)(arrays->places + from);
	else
		attr.link_create.kprobe_multi.addrs = (uintptr_t)(arrays->places + from);
	if (arrays->cookies)
		attr.link_create.kprobe_multi.cookies = (uintptr_t)(arrays->cookies + from);
	fd = (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attr,
			  offsetof(union bpf_attr, link_create.kprobe_multi.cookies) +
				  sizeof(attr.link_create.kprobe_multi.cookies));
	return fd < 0 ? -errno : fd;
}

static bool is_about_places(int err)
{
	return err == -ENOENT || err == -EINVAL || err == -ESRCH || err == -EILSEQ;
}

static bool is_refused(const struct skep_sites *sites, const struct arrays *arrays, bool ret,
		       size_t from, size_t count)
{
	int fd = create(sites, arrays, ret, from, count);

	if (fd >= 0)
		close(fd);
	return fd < 0;
}

/* The kernel does not say which one it did not like: halves are tried until one is left. */
static size_t find_bad(const struct skep_sites *sites, const struct arrays *arrays, bool ret)
{
	size_t from = 0, count = sites->count;

	while (count > 1) {
		size_t half = count / 2;

		if (is_refused(sites, arrays, ret, from, half)) {
			count = half;
		} else {
			from += half;
			count -= half;
		}
	}
	return from;
}

static void name_of(const struct skep_site *site, char *name, size_t room)
{
	if (site->name)
		snprintf(name, room, "%s", site->name);
	else
		snprintf(name, room, "0x%llx", (unsigned long long)site->address);
}

static int refuse_site(const struct skep_sites *sites, const struct skep_site *site, int err)
{
	struct skep_kprobe_place place = { .address = site->address };

	if (site->name)
		return skep_functions_refuse(sites->functions, sites->program, site->name, EINVAL);
	return skep_kprobe_refuse(sites->program, &place, NULL, err);
}

static void drop(struct skep_sites *sites, struct arrays *arrays, size_t at)
{
	size_t after = sites->count - at - 1;

	memmove(&sites->list[at], &sites->list[at + 1], after * sizeof(*sites->list));
	memmove(&arrays->places[at], &arrays->places[at + 1], after * sizeof(*arrays->places));
	if (arrays->cookies)
		memmove(&arrays->cookies[at], &arrays->cookies[at + 1],
			after * sizeof(*arrays->cookies));
	sites->count--;
}

static const char *section_of(const struct skep_program *program)
{
	return is_session(program) ? "kprobe.session" : "kprobe.multi";
}

static bool is_lacking(const struct skep_program *program, int err)
{
	int type = is_session(program) ? (int)SKEP_BPF_ATTACH_KPROBE_SESSION
				       : (int)BPF_TRACE_KPROBE_MULTI;

	return skep_kprobe_is_lacking(program, type, section_of(program), err);
}

/* Leaves the bad one out; -errno in words where that is not allowed, or nothing is left. */
static int give_up_one(struct skep_sites *sites, struct arrays *arrays, bool ret, int err)
{
	size_t bad = find_bad(sites, arrays, ret);
	char name[128];

	if (!sites->skip)
		return refuse_site(sites, &sites->list[bad], err);
	name_of(&sites->list[bad], name, sizeof(name));
	skep_sites_skip(sites, name, "the kernel cannot trace it");
	drop(sites, arrays, bad);
	if (sites->count)
		return 0;
	return skep_fail(ENOENT,
			 "cannot attach program '%s' (%s): none of the functions can be traced",
			 skep_program_name(sites->program), skep_program_section(sites->program));
}

/* A link's file descriptor; or -errno, with words unless the kernel has no such links. */
static int create_all(struct skep_sites *sites, bool ret, bool *lacking)
{
	__attribute__((cleanup(free_arrays))) struct arrays arrays = { NULL, NULL };
	const char *section = section_of(sites->program);
	int err = make_arrays(&arrays, sites);

	for (int tries = 0; !err; tries++) {
		int fd = create(sites, &arrays, ret, 0, sites->count);

		if (fd >= 0)
			return fd;
		*lacking = is_lacking(sites->program, fd);
		if (*lacking)
			return fd;
		if (fd == -EMFILE || fd == -ENOMEM)
			return skep_perf_refuse(sites->program, fd, 0);
		if (!is_about_places(fd) || tries == MOST_BAD)
			return skep_attach_refuse(sites->program, fd, section, NULL);
		err = give_up_one(sites, &arrays, ret, fd);
	}
	return err;
}

static int add_single(struct skep_perf_link *link, struct skep_sites *sites, size_t i, bool ret)
{
	const struct skep_site *site = &sites->list[i];
	struct skep_kprobe_place place = { .cookie = site->cookie, .ret = ret };
	int err;

	if (sites->by_name)
		place.name = site->name;
	else
		place.address = site->address;
	err = skep_kprobe_add(link, sites->program, &place);
	if (!err)
		return 0;
	if (err == -EINVAL && site->cookie &&
	    bpf_program__expected_attach_type(sites->program->prog) == BPF_TRACE_KPROBE_MULTI)
		return skep_fail_hint(
			skep_fail(EOPNOTSUPP,
				  "cannot attach program '%s' (%s): single probes have no cookies "
				  "for a program that is for multi links",
				  skep_program_name(sites->program),
				  skep_program_section(sites->program)),
			"attach it without cookies, or put it into SEC(\"kprobe\"), with .fallback");
	if (is_about_places(err) && sites->skip) {
		char name[128];

		name_of(site, name, sizeof(name));
		skep_sites_skip(sites, name, "the kernel cannot probe it");
		return 0;
	}
	return skep_kprobe_refuse(sites->program, &place, site->name, err);
}

/* A probe for each function: what the caller allowed. */
static int attach_singly(struct skep_link **out, struct skep_sites *sites, bool ret)
{
	AUTO_PERF *link = skep_perf_link_new(true);
	int err = link ? 0 : skep_perf_refuse(sites->program, -ENOMEM, 0);

	for (size_t i = 0; !err && i < sites->count; i++)
		err = add_single(link, sites, i, ret);
	if (!err && !link->count)
		err = skep_fail(ENOENT,
				"cannot attach program '%s' (%s): none of the functions can "
				"be probed",
				skep_program_name(sites->program),
				skep_program_section(sites->program));
	return err ? err : skep_perf_link_finish(out, &link, ret ? "kretprobe" : "kprobe");
}

static int check_program(const struct skep_program *program,
			 const struct skep_kprobe_multi_opts *opts, bool *multi)
{
	int expected, err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = skep_attach_need(program, BPF_PROG_TYPE_KPROBE, "kprobe.multi");
	if (err)
		return err;
	expected = (int)bpf_program__expected_attach_type(program->prog);
	*multi = expected == BPF_TRACE_KPROBE_MULTI || expected == SKEP_BPF_ATTACH_KPROBE_SESSION;
	if (!*multi && (expected || !SKEP_OPT(opts, fallback)))
		return skep_fail_hint(
			skep_fail(EPROTOTYPE, "program '%s' (%s) is not for multi links",
				  skep_program_name(program), skep_program_section(program)),
			"put it into SEC(\"kprobe.multi\"), or attach it to one function with "
			"skep_attach_kprobe()");
	if (expected == SKEP_BPF_ATTACH_KPROBE_SESSION &&
	    (SKEP_OPT(opts, ret) || SKEP_OPT(opts, fallback)))
		return skep_fail(EINVAL,
				 "program '%s' is a session: it runs at both ends, and "
				 "nothing else does the same: no .ret, no .fallback",
				 skep_program_name(program));
	return 0;
}

static int attach_sites(struct skep_link **out, struct skep_sites *sites, bool multi, bool ret,
			bool fallback)
{
	bool lacking = !multi;
	int fd = -EOPNOTSUPP, err;

	if (sites->count > MOST_SITES)
		return skep_fail(E2BIG,
				 "cannot attach program '%s' to %zu functions: %u are the "
				 "most",
				 skep_program_name(sites->program), sites->count, MOST_SITES);
	if (multi)
		fd = create_all(sites, ret, &lacking);
	if (fd >= 0) {
		err = skep_link_from_fd(out, fd);
		if (!err)
			skep_link_set_way(*out, section_of(sites->program));
		return err;
	}
	if (lacking && fallback)
		return attach_singly(out, sites, ret);
	return lacking ? skep_attach_refuse(sites->program, fd, section_of(sites->program), NULL)
		       : fd;
}

int skep_attach_kprobe_multi(struct skep_link **out, const struct skep_program *program,
			     const char *pattern, const struct skep_kprobe_multi_opts *opts)
{
	struct skep_sites sites = { .program = program };
	bool multi = false, ret;
	int err = check_program(program, opts, &multi);

	if (err)
		return err;
	ret = SKEP_OPT(opts, ret) || skep_kprobe_is_ret(program);
	err = skep_sites_find(&sites, pattern, opts);
	if (!err)
		err = attach_sites(out, &sites, multi, ret, SKEP_OPT(opts, fallback));
	skep_sites_free(&sites);
	return err;
}

int skep_attach_kprobe_session(struct skep_link **out, const struct skep_program *program,
			       const char *pattern, const struct skep_kprobe_multi_opts *opts)
{
	int err = skep_attach_need(program, BPF_PROG_TYPE_KPROBE, "kprobe.session");

	if (!err && !is_session(program))
		err = skep_fail_hint(skep_fail(EPROTOTYPE, "program '%s' (%s) is no session",
					       skep_program_name(program),
					       skep_program_section(program)),
				     "put it into SEC(\"kprobe.session\")");
	return err ? err : skep_attach_kprobe_multi(out, program, pattern, opts);
}

int skep_kprobe_multi_by_section(struct skep_link **out, const struct skep_program *program,
				 const char *target)
{
	return *target ? skep_attach_kprobe_multi(out, program, target, NULL) : -EDESTADDRREQ;
}
