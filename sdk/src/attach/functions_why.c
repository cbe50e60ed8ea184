/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Why a function cannot be probed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attach.h"
#include "base/cleanup.h"
#include "base/fail.h"
#include "base/text.h"
#include "functions.h"
#include "kernel/facts.h"

struct words {
	char *why, *hint;
	size_t why_size, hint_size;
};

bool skep_functions_has_module(const char *module)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%s", module);
	return module[0] && !strchr(module, '/') && !access(path, F_OK);
}

/* "name.isra.0", "name.constprop.0", "name.part.0", "name.cold": what the compiler made of it. */
static bool find_parts(const struct skep_functions *functions, const char *plain,
		       struct skep_text *parts)
{
	size_t length = strlen(plain);
	const char *last = "";

	for (size_t i = skep_functions_from(functions, plain); i < functions->count; i++) {
		const char *name = functions->list[i].name;

		if (strncmp(name, plain, length))
			break;
		if (name[length] != '.' || !strcmp(name, last))
			continue;
		skep_text_add_name(parts, name);
		last = name;
	}
	return parts->used > 0;
}

/* Sections of the kernel that no probe may touch are listed by name in debugfs. */
static bool is_forbidden(const char *plain)
{
	char debugfs[256], path[320];
	AUTO_FREE char *line = NULL;
	bool found = false;
	size_t room = 0;
	FILE *file;

	if (!skep_kernel_mount(SKEP_MOUNT_DEBUGFS, NULL, debugfs, sizeof(debugfs)))
		return false;
	snprintf(path, sizeof(path), "%s/kprobes/blacklist", debugfs);
	file = fopen(path, "re");
	while (file && !found && getline(&line, &room, file) > 0) {
		char *tab = strchr(line, '\t');

		line[strcspn(line, "\n")] = '\0';
		found = tab && !strcmp(tab + 1, plain);
	}
	if (file)
		fclose(file);
	return found;
}

static int say_absent(const struct skep_functions *functions, const char *name, struct words *words)
{
	char module[64], near[320];
	const char *plain = skep_functions_split(name, module, sizeof(module));
	const struct skep_function *elsewhere;
	struct skep_text parts = { 0 };

	if (module[0] && strcmp(module, "vmlinux") && !skep_functions_has_module(module)) {
		snprintf(words->why, words->why_size, "module %s, of which %s is, is not loaded",
			 module, plain);
		snprintf(words->hint, words->hint_size, "load it first: `modprobe %s`", module);
		return -ENOENT;
	}
	if (find_parts(functions, plain, &parts)) {
		snprintf(words->why, words->why_size,
			 "this kernel has no function %s of its own: the compiler made %s of it",
			 plain, parts.buf);
		snprintf(words->hint, words->hint_size,
			 "probe such a part by its whole name; its arguments may be others");
		return -ENOENT;
	}
	if (module[0] && skep_functions_find(functions, plain, &elsewhere)) {
		snprintf(words->why, words->why_size, "module %s has no function %s", module,
			 plain);
		snprintf(words->hint, words->hint_size, "it is in %s",
			 elsewhere->module ? elsewhere->module : "the kernel itself");
		return -ENOENT;
	}
	if (module[0] && strcmp(module, "vmlinux"))
		snprintf(words->why, words->why_size, "module %s has no function %s", module,
			 plain);
	else
		snprintf(words->why, words->why_size, "this kernel has no function %s", plain);
	if (skep_functions_nearest(functions, name, near, sizeof(near))[0])
		snprintf(words->hint, words->hint_size,
			 "did you mean %s? A function that was inlined everywhere, or whose "
			 "module is not loaded, is not there",
			 near);
	else
		snprintf(words->hint, words->hint_size,
			 "it may be inlined everywhere, or in a module that is not loaded: "
			 "`grep %s /proc/kallsyms`",
			 plain);
	return -ENOENT;
}

static int say_several(const char *name, const struct skep_function *first, size_t count,
		       struct words *words)
{
	struct skep_text places = { 0 };

	for (size_t i = 0; i < count && i < 4; i++) {
		char place[96];

		snprintf(place, sizeof(place), "0x%llx%s%s%s", (unsigned long long)first[i].address,
			 first[i].module ? " (" : "", first[i].module ? first[i].module : "",
			 first[i].module ? ")" : "");
		skep_text_add_name(&places, place);
	}
	snprintf(words->why, words->why_size, "this kernel has %zu functions %s", count, name);
	if (first->address)
		snprintf(words->hint, words->hint_size,
			 "choose one by .address (%s), or as `module:%s`, the kernel's own as "
			 "`vmlinux:%s`; a multi link takes all with .every = true",
			 places.buf, name, name);
	else
		snprintf(words->hint, words->hint_size,
			 "choose one by .address; this process may not see addresses: run it "
			 "with sudo, or with cap_syslog");
	return -ENOTUNIQ;
}

int skep_functions_why(const struct skep_functions *functions, const char *name, int err, char *why,
		       size_t why_size, char *hint, size_t hint_size)
{
	struct words words = { why, hint, why_size, hint_size };
	const struct skep_function *first = NULL;
	size_t count = skep_functions_find(functions, name, &first);
	char module[64];

	hint[0] = '\0';
	if (!count)
		return say_absent(functions, name, &words);
	if (count > 1 && err != EINVAL)
		return say_several(name, first, count, &words);
	if (is_forbidden(skep_functions_split(name, module, sizeof(module)))) {
		snprintf(why, why_size, "the kernel forbids to probe %s", name);
		snprintf(hint, hint_size,
			 "probes use it themselves (kprobes/blacklist in debugfs has all "
			 "such): probe a caller of it");
		return -EINVAL;
	}
	if (err == EILSEQ) {
		snprintf(why, why_size, "no instruction of %s begins at that offset", name);
		snprintf(hint, hint_size, "`objdump -d` of the kernel's image shows where they do");
		return -EINVAL;
	}
	snprintf(why, why_size, "%s is there, but cannot be traced", name);
	snprintf(hint, hint_size,
		 "it is marked notrace, or lies outside of what probes may touch: trace a "
		 "caller of it (available_filter_functions in tracefs has those that can be)");
	return -EINVAL;
}

int skep_functions_refuse(const struct skep_functions *functions,
			  const struct skep_program *program, const char *name, int err)
{
	char why[512], hint[512];
	int code = skep_functions_why(functions, name, err < 0 ? -err : err, why, sizeof(why), hint,
				      sizeof(hint));

	skep_fail(code, "cannot attach program '%s' (%s): %s", skep_program_name(program),
		  skep_program_section(program), why);
	return hint[0] ? skep_fail_hint(code, "%s", hint) : code;
}
