/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "kprobe_sites.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach.h"
#include "base/fail.h"
#include "base/logging.h"
#include "base/opts.h"
#include "functions.h"

void skep_sites_free(struct skep_sites *sites)
{
	free(sites->list);
	skep_functions_put(sites->functions);
}

void skep_sites_skip(struct skep_sites *sites, const char *name, const char *why)
{
	if (sites->on_skip)
		sites->on_skip(name, why, sites->ctx);
	else
		skep_log(SKEP_LOG_INFO, "program '%s': without %s: %s",
			 skep_program_name(sites->program), name, why);
}

static int add(struct skep_sites *sites, const char *name, uint64_t address, uint64_t cookie)
{
	if (sites->count == sites->room) {
		size_t room = sites->room ? sites->room * 2 : 256;
		struct skep_site *list = realloc(sites->list, room * sizeof(*list));

		if (!list)
			return skep_fail(ENOMEM, "no memory for %zu functions", room);
		sites->list = list;
		sites->room = room;
	}
	sites->list[sites->count++] =
		(struct skep_site){ .address = address, .cookie = cookie, .name = name };
	return 0;
}

static bool can_be_traced(const struct skep_functions *functions, size_t at)
{
	unsigned int mark = functions->traceable ? functions->traceable[at]
						 : (unsigned int)SKEP_TRACEABLE_UNKNOWN;

	return mark == SKEP_TRACEABLE_YES || mark == SKEP_TRACEABLE_UNKNOWN;
}

/* "module:pattern" takes functions of that module only, "pattern" those of all. */
static bool matches(const struct skep_function *function, const char *module, const char *pattern,
		    const char *except)
{
	if (module[0] && fnmatch(module, function->module ? function->module : "vmlinux", 0))
		return false;
	return !fnmatch(pattern, function->name, 0) &&
	       (!except || fnmatch(except, function->name, 0));
}

/* The kernel looks up a name once: of several functions it would take any. */
static bool has_namesake(const struct skep_functions *functions, size_t at)
{
	const char *name = functions->list[at].name;

	return (at > 0 && !strcmp(functions->list[at - 1].name, name)) ||
	       (at + 1 < functions->count && !strcmp(functions->list[at + 1].name, name));
}

static int refuse_pattern(const struct skep_sites *sites, const char *pattern, size_t matched)
{
	const struct skep_program *program = sites->program;
	char near[320], module[64];
	const char *plain = skep_functions_split(pattern, module, sizeof(module));
	int err = skep_fail(ENOENT, "cannot attach program '%s' (%s): no function%s matches '%s'",
			    skep_program_name(program), skep_program_section(program),
			    matched ? " that can be traced" : "", pattern);

	if (matched)
		return skep_fail_hint(err,
				      "%zu match, and none of them can be traced: they are "
				      "marked notrace",
				      matched);
	if (module[0] && !strpbrk(module, "*?[") && strcmp(module, "vmlinux") &&
	    !skep_functions_has_module(module))
		return skep_fail_hint(err, "module %s is not loaded: `modprobe %s`", module,
				      module);
	if (!strpbrk(plain, "*?[") &&
	    skep_functions_nearest(sites->functions, pattern, near, sizeof(near))[0])
		return skep_fail_hint(err, "did you mean %s?", near);
	return skep_fail_hint(err, "`grep` in /proc/kallsyms shows which there are");
}

static int find_pattern(struct skep_sites *sites, const char *pattern, const char *except,
			uint64_t cookie)
{
	const struct skep_functions *functions = sites->functions;
	char module[64];
	const char *plain = skep_functions_split(pattern, module, sizeof(module));
	size_t literal = strcspn(plain, "*?[\\"), matched = 0;
	char prefix[128];
	int err = 0;

	/* The table is sorted: a pattern's beginning says where to look. */
	literal = literal < sizeof(prefix) ? literal : sizeof(prefix) - 1;
	snprintf(prefix, sizeof(prefix), "%.*s", (int)literal, plain);
	for (size_t i = skep_functions_from(functions, prefix); !err && i < functions->count; i++) {
		const struct skep_function *at = &functions->list[i];

		if (strncmp(at->name, prefix, literal))
			break;
		if (!matches(at, module, plain, except))
			continue;
		matched++;
		if (can_be_traced(functions, i) && !(sites->by_name && has_namesake(functions, i)))
			err = add(sites, at->name, at->address, cookie);
	}
	if (!err && sites->count < matched)
		skep_log(SKEP_LOG_DEBUG,
			 "program '%s': %zu of %zu functions that match '%s' can be traced",
			 skep_program_name(sites->program), sites->count, matched, pattern);
	if (!err && !sites->count)
		err = refuse_pattern(sites, pattern, matched);
	return err;
}

/* One that cannot be probed: an error, or left out. */
static int leave_out(struct skep_sites *sites, const char *name, int err)
{
	char why[512], hint[512];

	if (!sites->skip)
		return skep_functions_refuse(sites->functions, sites->program, name, err);
	skep_functions_why(sites->functions, name, err, why, sizeof(why), hint, sizeof(hint));
	skep_sites_skip(sites, name, why);
	return 0;
}

static int add_name(struct skep_sites *sites, const char *name, uint64_t cookie)
{
	const struct skep_functions *functions = sites->functions;
	const struct skep_function *first = NULL;
	size_t count, from, taken = 0;
	int err = 0;

	if (!name || !*name)
		return skep_fail(EINVAL,
				 "cannot attach program '%s': the list of functions has an "
				 "empty name",
				 skep_program_name(sites->program));
	count = skep_functions_find(functions, name, &first);
	if (!count || (count > 1 && !sites->every))
		return leave_out(sites, name, ENOENT);
	/* A single one is the kernel's to judge: its list may call it by another name. */
	if (count == 1)
		return add(sites, first->name, first->address, cookie);
	from = (size_t)(first - functions->list);
	for (size_t i = from; !err && i < from + count; i++)
		if (can_be_traced(functions, i)) {
			err = add(sites, functions->list[i].name, functions->list[i].address,
				  cookie);
			taken++;
		}
	return err || taken ? err : leave_out(sites, name, EINVAL);
}

static int find_list(struct skep_sites *sites, const struct skep_kprobe_multi_opts *opts)
{
	const char *const *names = SKEP_OPT(opts, functions);
	const uint64_t *addresses = SKEP_OPT(opts, addresses);
	const uint64_t *cookies = SKEP_OPT(opts, cookies);
	size_t count = SKEP_OPT(opts, count);
	int err = 0;

	for (size_t i = 0; !err && i < count; i++) {
		uint64_t cookie = cookies ? cookies[i] : SKEP_OPT(opts, cookie);

		if (names)
			err = add_name(sites, names[i], cookie);
		else if (!addresses[i])
			err = skep_fail(EINVAL,
					"cannot attach program '%s': address %zu of the "
					"list is 0",
					skep_program_name(sites->program), i);
		else
			err = add(sites, NULL, addresses[i], cookie);
	}
	if (!err && !sites->count)
		err = skep_fail(ENOENT,
				"cannot attach program '%s' (%s): none of the %zu functions "
				"can be traced",
				skep_program_name(sites->program),
				skep_program_section(sites->program), count);
	return err;
}

static int check(const struct skep_program *program, const char *pattern,
		 const struct skep_kprobe_multi_opts *opts)
{
	bool list = SKEP_OPT(opts, functions), addresses = SKEP_OPT(opts, addresses);
	const char *wrong = NULL;

	if ((pattern != NULL) + list + addresses != 1)
		wrong = "exactly one of a pattern, .functions and .addresses says which functions";
	else if (pattern && SKEP_OPT(opts, cookies))
		wrong = "a pattern has one .cookie: .cookies belong to a list";
	else if (pattern && !*pattern)
		wrong = "the pattern is empty";
	else if (!pattern && !SKEP_OPT(opts, count))
		wrong = "the list is empty: .count says how many there are";
	else if (!pattern && SKEP_OPT(opts, except))
		wrong = ".except belongs to a pattern";
	return wrong ? skep_fail(EINVAL, "cannot attach program '%s': %s",
				 skep_program_name(program), wrong)
		     : 0;
}

int skep_sites_find(struct skep_sites *sites, const char *pattern,
		    const struct skep_kprobe_multi_opts *opts)
{
	int err = check(sites->program, pattern, opts);

	if (!err && !SKEP_OPT(opts, addresses))
		err = skep_functions_get(&sites->functions);
	if (err)
		return err;
	sites->skip = SKEP_OPT(opts, skip);
	sites->every = SKEP_OPT(opts, every);
	sites->on_skip = SKEP_OPT(opts, on_skip);
	sites->ctx = SKEP_OPT(opts, ctx);
	if (!sites->functions)
		return find_list(sites, opts);
	sites->by_name = sites->functions->hidden;
	skep_functions_mark(sites->functions);
	return pattern ? find_pattern(sites, pattern, SKEP_OPT(opts, except),
				      SKEP_OPT(opts, cookie))
		       : find_list(sites, opts);
}
