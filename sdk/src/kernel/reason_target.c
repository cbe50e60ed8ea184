/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Refusals because what was to be attached to is not there, or is taken. */
#include "facts.h"
#include "rules.h"

#include <dirent.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <linux/bpf.h>
#include <linux/magic.h>

static bool is_absence(int code)
{
	return code == ENOENT || code == ESRCH || code == EINVAL || code == ENODEV ||
	       code == EADDRNOTAVAIL || code == EACCES;
}

/* "did you mean a or b?", or nothing. */
static void advise_nearest(struct skep_words *words, const struct skep_nearest *nearest)
{
	char names[320];

	if (skep_kernel_nearest_text(nearest, names, sizeof(names))[0])
		skep_kernel_advise(words, "did you mean %s?", names);
}

/* Instead of names that cost more than they are worth. */
static bool advise_to_ask(struct skep_words *words)
{
	skep_kernel_advise(words, "names like it are looked for where it is not optional");
	return true;
}

static void offer_events(struct skep_nearest *nearest, const char *tracefs, const char *category)
{
	char path[600], name[600];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/events/%s", tracefs, category);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || entry->d_type != DT_DIR)
			continue;
		snprintf(name, sizeof(name), "%s/%s", category, entry->d_name);
		skep_kernel_nearest_offer(nearest, name);
	}
	if (dir)
		closedir(dir);
}

/* Both a wrong category and a wrong name: all of them are compared. */
static void offer_all_events(struct skep_nearest *nearest, const char *tracefs)
{
	struct dirent *entry;
	char path[320];
	DIR *dir;

	snprintf(path, sizeof(path), "%s/events", tracefs);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && entry->d_type == DT_DIR)
			offer_events(nearest, tracefs, entry->d_name);
	if (dir)
		closedir(dir);
}

bool skep_kernel_tracefs_is_closed(void)
{
	char tracefs[256], events[320];

	if (!skep_kernel_mount(SKEP_MOUNT_TRACEFS, NULL, tracefs, sizeof(tracefs)))
		return false;
	snprintf(events, sizeof(events), "%s/events", tracefs);
	return access(events, R_OK | X_OK) && errno == EACCES;
}

static bool is_confidential(void)
{
	const char *mode = skep_kernel_lockdown();

	return mode && !strcmp(mode, "confidentiality");
}

bool skep_kernel_rule_tracepoint(const struct skep_refusal *refusal, struct skep_words *words)
{
	const char *target = skep_kernel_hook_target(refusal);
	struct skep_nearest nearest;
	char tracefs[256], path[600];

	if (skep_kernel_hook(refusal) != SKEP_HOOK_TRACEPOINT ||
	    refusal->request != SKEP_REQUEST_ATTACH || !is_absence(refusal->code))
		return false;
	if (!skep_kernel_mount(SKEP_MOUNT_TRACEFS, NULL, tracefs, sizeof(tracefs))) {
		skep_kernel_say(words,
				"tracefs is not mounted, and tracepoints are looked up there");
		skep_kernel_advise(words,
				   "`%s`, or use SEC(\"raw_tp/...\"), which needs no tracefs",
				   skep_kernel_mount_command(SKEP_MOUNT_TRACEFS));
		return true;
	}
	if (skep_kernel_tracefs_is_closed()) {
		skep_kernel_say(words, "this process may not read tracefs (%s)", tracefs);
		skep_kernel_advise(words, "run it with sudo, or use SEC(\"raw_tp/...\"), which "
					  "needs no tracefs");
		return true;
	}
	if (!target)
		return false;
	snprintf(path, sizeof(path), "%s/events", tracefs);
	if (access(path, F_OK) && is_confidential()) {
		skep_kernel_say(words, "the kernel is locked down (confidentiality), and leaves "
				       "tracefs empty");
		skep_kernel_advise(words,
				   "use SEC(\"raw_tp/...\"), which needs no tracefs, or boot "
				   "with lockdown=integrity or none");
		return true;
	}
	snprintf(path, sizeof(path), "%s/events/%s/id", tracefs, target);
	if (!access(path, F_OK) && strchr(target, '/'))
		return false;
	skep_kernel_say(words, "this kernel has no tracepoint %s", target);
	if (refusal->without_names)
		return advise_to_ask(words);
	skep_kernel_nearest_start(&nearest, target);
	offer_all_events(&nearest, tracefs);
	advise_nearest(words, &nearest);
	return true;
}

/*
 * Offers the kernel's types of one kind that begin with `prefix`, without it. True when the
 * target is among them.
 */
static bool offer_types(struct skep_nearest *nearest, const struct btf *btf, unsigned int kind,
			const char *prefix)
{
	size_t length = strlen(prefix);
	bool found = false;

	for (__u32 id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		const char *name;

		if (!type || btf_kind(type) != kind)
			continue;
		name = btf__name_by_offset(btf, type->name_off);
		if (!name || strncmp(name, prefix, length))
			continue;
		found = found || !strcmp(name + length, nearest->target);
		skep_kernel_nearest_offer(nearest, name + length);
	}
	return found;
}

/* Says "this kernel has no WHAT TARGET" when its BTF does not have the name. */
static bool say_if_absent(struct skep_words *words, const char *what, const char *target,
			  unsigned int kind, const char *prefix)
{
	struct skep_nearest nearest;
	struct btf *btf;
	bool found;

	if (!target || strchr(target, ':') || skep_kernel_btf_load(&btf))
		return false;
	skep_kernel_nearest_start(&nearest, target);
	found = offer_types(&nearest, btf, kind, prefix);
	btf__free(btf);
	if (found)
		return false;
	skep_kernel_say(words, "this kernel has no %s %s", what, target);
	advise_nearest(words, &nearest);
	return true;
}

bool skep_kernel_rule_raw_tracepoint(const struct skep_refusal *refusal, struct skep_words *words)
{
	const char *target = skep_kernel_hook_target(refusal);
	enum skep_hook hook = skep_kernel_hook(refusal);

	if ((hook != SKEP_HOOK_RAW_TRACEPOINT && hook != SKEP_HOOK_BTF_TRACEPOINT) ||
	    !is_absence(refusal->code) || refusal->code == EACCES)
		return false;
	/* The kernel has said it all: names would only be compared. */
	if (refusal->without_names && hook == SKEP_HOOK_RAW_TRACEPOINT && target &&
	    refusal->code == ENOENT) {
		skep_kernel_say(words, "this kernel has no tracepoint %s", target);
		return advise_to_ask(words);
	}
	return say_if_absent(words, "tracepoint", target, BTF_KIND_TYPEDEF, "btf_trace_");
}

/* "ffffffff81234560 t do_unlinkat" */
static bool is_in_kallsyms(const char *function)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char *line = NULL;
	bool found = false;
	size_t room = 0;

	while (file && !found && getline(&line, &room, file) > 0) {
		char *name = strchr(line, ' ');

		name = name ? strchr(name + 1, ' ') : NULL;
		if (!name)
			continue;
		name++;
		name[strcspn(name, " \t\n")] = '\0';
		found = !strcmp(name, function);
	}
	free(line);
	if (file)
		fclose(file);
	return found;
}

/* "module:function", which older libbpfs do not take apart, and whose module may not be there. */
static bool say_of_module(const char *target, struct skep_words *words)
{
	const char *function = strchr(target, ':');
	char path[128];
	int length = function ? (int)(function - target) : 0;

	if (length <= 0 || length > 64 || !function[1])
		return false;
	function++;
	snprintf(path, sizeof(path), "/sys/module/%.*s", length, target);
	if (skep_kernel_has_function(function) == SKEP_YES) {
		skep_kernel_say(words, "%s is in this kernel itself, not in a module %.*s",
				function, length, target);
		skep_kernel_advise(words, "name it without the module: \"%s\"", function);
	} else if (access(path, F_OK)) {
		skep_kernel_say(words, "module %.*s, of which %s is, is not loaded", length, target,
				function);
		skep_kernel_advise(words, "load it first: `modprobe %.*s`", length, target);
	} else {
		skep_kernel_say(words,
				"module %.*s has no function %s, or this libbpf does not know "
				"how to look into it",
				length, target, function);
		skep_kernel_advise(words,
				   "name it without the module: \"%s\"; `grep -w %s "
				   "/proc/kallsyms` shows whether it is there",
				   function, function);
	}
	return true;
}

bool skep_kernel_rule_function(const struct skep_refusal *refusal, struct skep_words *words)
{
	const char *target = skep_kernel_hook_target(refusal);
	enum skep_hook hook = skep_kernel_hook(refusal);

	if (!target || !is_absence(refusal->code) || refusal->code == EACCES)
		return false;
	switch (hook) {
	case SKEP_HOOK_LSM:
		return say_if_absent(words, "LSM hook", target, BTF_KIND_FUNC, "bpf_lsm_");
	case SKEP_HOOK_ITERATOR:
		return say_if_absent(words, "iterator", target, BTF_KIND_FUNC, "bpf_iter_");
	case SKEP_HOOK_KPROBE:
		return !strpbrk(target, "*?+") && !is_in_kallsyms(target) &&
		       say_if_absent(words, "function", target, BTF_KIND_FUNC, "");
	case SKEP_HOOK_TRAMPOLINE:
		if (refusal->prog_type != BPF_PROG_TYPE_EXT && say_of_module(target, words))
			return true;
		if (refusal->prog_type == BPF_PROG_TYPE_EXT ||
		    !say_if_absent(words, "function", target, BTF_KIND_FUNC, ""))
			return false;
		if (is_in_kallsyms(target)) {
			skep_kernel_say(words,
					"the kernel's BTF does not describe %s, so fentry "
					"cannot reach it",
					target);
			skep_kernel_advise(words, "use SEC(\"kprobe/%s\")", target);
		}
		return true;
	default:
		return false;
	}
}

bool skep_kernel_rule_interface(const struct skep_refusal *refusal, struct skep_words *words)
{
	char names[160] = "";
	struct if_nameindex *all;

	if (skep_kernel_hook(refusal) != SKEP_HOOK_INTERFACE || !refusal->target ||
	    (refusal->code != ENODEV && refusal->code != EINVAL && refusal->code != ENXIO) ||
	    if_nametoindex(refusal->target))
		return false;
	skep_kernel_say(words, "there is no network interface %s", refusal->target);
	all = if_nameindex();
	for (struct if_nameindex *i = all; i && i->if_index; i++) {
		if (strlen(names) + strlen(i->if_name) + 3 > sizeof(names))
			break;
		sprintf(names + strlen(names), "%s%s", names[0] ? ", " : "", i->if_name);
	}
	if (all)
		if_freenameindex(all);
	if (names[0])
		skep_kernel_advise(words, "there are: %s", names);
	return true;
}

bool skep_kernel_rule_cgroup(const struct skep_refusal *refusal, struct skep_words *words)
{
	const char *target = refusal->target;
	struct statfs fs;
	char root[256];

	if (skep_kernel_hook(refusal) != SKEP_HOOK_CGROUP ||
	    refusal->request != SKEP_REQUEST_ATTACH)
		return false;
	if (!skep_kernel_mount(SKEP_MOUNT_CGROUP2, NULL, root, sizeof(root))) {
		skep_kernel_say(words, "cgroup v2 is not mounted");
		skep_kernel_advise(words, "`%s`", skep_kernel_mount_command(SKEP_MOUNT_CGROUP2));
		return true;
	}
	if (target && statfs(target, &fs)) {
		skep_kernel_say(words, "there is no cgroup %s", target);
		skep_kernel_advise(words, "cgroup v2 is mounted at %s", root);
		return true;
	}
	if (target && fs.f_type != CGROUP2_SUPER_MAGIC) {
		skep_kernel_say(words, "%s is not in cgroup v2", target);
		skep_kernel_advise(words, "cgroup v2 is mounted at %s", root);
		return true;
	}
	/* With the privilege there, this is the only thing for which attach gives EPERM. */
	if (refusal->code != EPERM)
		return false;
	skep_kernel_say(words, "a program on this cgroup, or above it, allows no others beside it");
	skep_kernel_advise(words, "`bpftool cgroup tree` shows it");
	return true;
}

bool skep_kernel_rule_busy(const struct skep_refusal *refusal, struct skep_words *words)
{
	const char *interface = refusal->target ? refusal->target : "the interface";

	if (refusal->code != EBUSY && refusal->code != EEXIST)
		return false;
	if (refusal->prog_type == BPF_PROG_TYPE_XDP) {
		skep_kernel_say(words, "another XDP program is attached to %s", interface);
		skep_kernel_advise(words,
				   "`ip link show %s` and `bpftool net` show it; `ip link "
				   "set dev %s xdp off` removes it, unless it is held by a "
				   "link of its owner",
				   refusal->target ? refusal->target : "",
				   refusal->target ? refusal->target : "X");
		return true;
	}
	if (skep_kernel_hook(refusal) == SKEP_HOOK_TRAMPOLINE && refusal->code == EBUSY) {
		skep_kernel_say(words, "the function is already patched by something that shares "
				       "it with nobody: a live patch, or the function tracer");
		skep_kernel_advise(words, "use SEC(\"kprobe/X\")");
		return true;
	}
	return false;
}
