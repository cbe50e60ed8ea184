/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* System calls by their names: each architecture has its own for the functions. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <skep/attach.h>

#include "attach.h"
#include "base/fail.h"
#include "base/opts.h"
#include "functions.h"
#include "kernel/rules.h"
#include "kprobe.h"

#define NAME_ROOM 128

/*
 * The first that is there counts. Where calls have wrappers (4.17), programs find the arguments in
 * the registers that the wrapper is given: so wrappers are before what they call.
 */
static const char *const prefixes[] = {
#if defined(__x86_64__)
	"__x64_sys_",
#elif defined(__aarch64__)
	"__arm64_sys_",
#elif defined(__s390x__)
	"__s390x_sys_",
#elif defined(__riscv)
	"__riscv_sys_",
#elif defined(__i386__)
	"__ia32_sys_",
#endif
	"__se_sys_",
	"sys_",
	"SyS_",
};

#define COUNT (sizeof(prefixes) / sizeof(prefixes[0]))

static const struct skep_function *find(const struct skep_functions *functions, const char *name)
{
	const struct skep_function *found = NULL;
	char full[NAME_ROOM];

	for (size_t i = 0; i < COUNT && !found; i++) {
		snprintf(full, sizeof(full), "%s%s", prefixes[i], name);
		skep_functions_find(functions, full, &found);
	}
	return found;
}

static int refuse_name(const struct skep_functions *functions, const struct skep_program *program,
		       const char *name)
{
	int err = skep_fail(ENOENT,
			    "cannot attach program '%s' (%s): this kernel has no system call "
			    "%s",
			    skep_program_name(program), skep_program_section(program), name);
	struct skep_nearest nearest;
	char names[320];

	skep_kernel_nearest_start(&nearest, name);
	for (size_t p = 0; p < COUNT; p++) {
		size_t length = strlen(prefixes[p]);

		for (size_t i = skep_functions_from(functions, prefixes[p]);
		     i < functions->count && !strncmp(functions->list[i].name, prefixes[p], length);
		     i++)
			skep_kernel_nearest_offer(&nearest, functions->list[i].name + length);
	}
	if (skep_kernel_nearest_text(&nearest, names, sizeof(names))[0])
		return skep_fail_hint(err, "did you mean %s?", names);
	return skep_fail_hint(err, "give its name as in `man 2 openat`, without sys_");
}

static int find_call(const struct skep_program *program, const char *name, char *function)
{
	AUTO_FUNCTIONS *functions = NULL;
	const struct skep_function *found;
	int err = skep_functions_get(&functions);

	if (err)
		return err;
	found = find(functions, name);
	if (!found)
		return refuse_name(functions, program, name);
	snprintf(function, NAME_ROOM, "%s", found->name);
	return 0;
}

int skep_attach_ksyscall(struct skep_link **out, const struct skep_program *program,
			 const char *name, const struct skep_ksyscall_opts *opts)
{
	struct skep_kprobe_opts kprobe = { .sz = sizeof(kprobe),
					   .ret = SKEP_OPT(opts, ret),
					   .cookie = SKEP_OPT(opts, cookie) };
	char function[NAME_ROOM];
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = skep_attach_need(program, BPF_PROG_TYPE_KPROBE, "ksyscall");
	if (err)
		return err;
	if (!name || !*name || strlen(name) > NAME_ROOM / 2)
		return skep_fail_hint(skep_fail(EINVAL,
						"cannot attach program '%s': which system "
						"call is not said",
						skep_program_name(program)),
				      "give its name, as openat");
	err = find_call(program, name, function);
	return err ? err : skep_attach_kprobe(out, program, function, &kprobe);
}

int skep_ksyscall_by_section(struct skep_link **out, const struct skep_program *program,
			     const char *target)
{
	return *target ? skep_attach_ksyscall(out, program, target, NULL) : -EDESTADDRREQ;
}
