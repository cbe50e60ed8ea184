/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One function of the kernel, by name or address; and system calls by their names. */
#include "kprobe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <linux/perf_event.h>

#include <skep/attach.h>

#include "attach.h"
#include "base/fail.h"
#include "base/opts.h"
#include "functions.h"
#include "kernel/facts.h"
#include "kernel/newer.h"
#include "kernel/reason.h"
#include "perf_link.h"

#define NAME_ROOM 256

bool skep_kprobe_is_ret(const struct skep_program *program)
{
	return !strncmp(skep_program_section(program), "kret", 4);
}

/* The number of this kind of events, which the kernel deals out; -ENOENT: there are none. */
static int event_type(void)
{
	char text[32];
	int err = skep_kernel_read("/sys/bus/event_source/devices/kprobe/type", text, sizeof(text));

	if (err == -EMFILE || err == -ENFILE)
		return err;
	return err ? -ENOENT : atoi(text);
}

int skep_kprobe_add(struct skep_perf_link *link, const struct skep_program *program,
		    const struct skep_kprobe_place *place)
{
	struct perf_event_attr attr = { .size = sizeof(attr) };
	int event, type = event_type();

	if (type < 0)
		return type;
	attr.type = (__u32)type;
	attr.config = place->ret; /* its format is fixed: bit 0 */
	attr.config1 = (uintptr_t)place->name;
	attr.config2 = place->name ? place->offset : place->address + place->offset;
	attr.disabled = 1;
	event = skep_perf_open(&attr, -1, 0);
	if (event < 0)
		return event;
	return skep_perf_link_add(link, event, skep_program_fd(program), place->cookie);
}

bool skep_kprobe_is_lacking(const struct skep_program *program, int attach_type,
			    const char *section, int err)
{
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_ATTACH, err);

	refusal.prog_type = (int)bpf_program__type(program->prog);
	refusal.attach_type = attach_type;
	refusal.section = section;
	return skep_kernel_lacks(&refusal);
}

static bool is_about_place(int err)
{
	return err == -ENOENT || err == -EINVAL || err == -EILSEQ || err == -EADDRNOTAVAIL ||
	       err == -ERANGE;
}

static int refuse_place(const struct skep_program *program, const struct skep_kprobe_place *place,
			const char *name, int err)
{
	AUTO_FUNCTIONS *functions = NULL;

	if (name) {
		int failed = skep_functions_get(&functions);

		return failed ? failed : skep_functions_refuse(functions, program, name, err);
	}
	return skep_fail_hint(
		skep_fail(EINVAL,
			  "cannot attach program '%s' (%s): nothing can be probed at 0x%llx",
			  skep_program_name(program), skep_program_section(program),
			  (unsigned long long)(place->address + place->offset)),
		"take an address of /proc/kallsyms, and an offset at which an instruction begins");
}

int skep_kprobe_refuse(const struct skep_program *program, const struct skep_kprobe_place *place,
		       const char *name, int err)
{
	const char *section = place->ret ? "kretprobe" : "kprobe";
	int said = skep_perf_refuse(program, err, place->cookie);

	if (said)
		return said;
	if (is_about_place(err) && !skep_kprobe_is_lacking(program, 0, section, err))
		return refuse_place(program, place, name, err);
	return skep_attach_refuse(program, err, section, name);
}

/* "function+0x10" into its parts. */
static int split_offset(const char *text, char *name, uint64_t *offset)
{
	const char *plus = strchr(text, '+');
	size_t length = plus ? (size_t)(plus - text) : strlen(text);
	char *end = NULL;

	if (!length || length >= NAME_ROOM)
		return skep_fail(EINVAL, "'%.80s' is no name of a function", text);
	memcpy(name, text, length);
	name[length] = '\0';
	if (!plus)
		return 0;
	errno = 0;
	*offset = strtoull(plus + 1, &end, 0);
	if (errno || end == plus + 1 || *end || strchr("+- ", plus[1]))
		return skep_fail_hint(
			skep_fail(EINVAL, "'%.80s': what follows the + is no number", text),
			"write it as in vfs_read+0x10");
	return 0;
}

/* Kernels take an offset into a function that lies behind. */
static int check_offset(const struct skep_functions *functions, const struct skep_program *program,
			const struct skep_function *function, uint64_t offset)
{
	uint64_t size = offset ? skep_functions_size(functions, function) : 0;

	if (!size || offset < size)
		return 0;
	return skep_fail_hint(skep_fail(EINVAL,
					"cannot attach program '%s' (%s): offset 0x%llx is behind "
					"the end of %s, which has 0x%llx bytes at most",
					skep_program_name(program), skep_program_section(program),
					(unsigned long long)offset, function->name,
					(unsigned long long)size),
			      "give the offset of one of its instructions");
}

/*
 * The kernel itself takes the first of several namesakes (before 6.6), and finds those of
 * modules by their addresses only. So names are looked up first, where they can be.
 */
static int find_place(const struct skep_program *program, const char *name,
		      struct skep_kprobe_place *place)
{
	AUTO_FUNCTIONS *functions = NULL;
	const struct skep_function *first = NULL;
	const char *plain;
	size_t count;
	int err = skep_functions_get(&functions);

	/* Where they are hidden, the kernel looks itself. */
	if (err == -EOPNOTSUPP && !strchr(name, ':')) {
		place->name = name;
		return 0;
	}
	if (err)
		return err;
	count = skep_functions_find(functions, name, &first);
	if (count != 1)
		return skep_functions_refuse(functions, program, name, ENOENT);
	plain = strchr(name, ':');
	if ((first->module || plain) && first->address)
		place->address = first->address;
	else
		place->name = plain && !first->module ? plain + 1 : name;
	return check_offset(functions, program, first, place->offset);
}

static int check_program(const struct skep_program *program)
{
	int err = skep_attach_need(program, BPF_PROG_TYPE_KPROBE, "kprobe");
	unsigned int expected;

	if (err)
		return err;
	expected = (unsigned int)bpf_program__expected_attach_type(program->prog);
	if (!expected)
		return 0;
	return skep_fail_hint(skep_fail(EPROTOTYPE, "program '%s' (%s) is for multi links",
					skep_program_name(program), skep_program_section(program)),
			      "use skep_attach_kprobe_multi(), or put it into SEC(\"kprobe\")");
}

static int attach_place(struct skep_link **out, const struct skep_program *program,
			const struct skep_kprobe_place *place, const char *name)
{
	AUTO_PERF *link = skep_perf_link_new(true);
	int err;

	if (!link)
		return skep_perf_refuse(program, -ENOMEM, 0);
	err = skep_kprobe_add(link, program, place);
	if (err)
		return skep_kprobe_refuse(program, place, name, err);
	return skep_perf_link_finish(out, &link, place->ret ? "kretprobe" : "kprobe");
}

/* That there are no kprobes at all is told before a name is looked for. */
static int check_kernel(const struct skep_program *program, bool ret, const char *target)
{
	int type = event_type();

	if (type >= 0)
		return 0;
	return skep_attach_refuse(program, type, ret ? "kretprobe" : "kprobe", target);
}

int skep_attach_kprobe(struct skep_link **out, const struct skep_program *program,
		       const char *function, const struct skep_kprobe_opts *opts)
{
	struct skep_kprobe_place place = {
		.offset = SKEP_OPT(opts, offset),
		.address = SKEP_OPT(opts, address),
		.cookie = SKEP_OPT(opts, cookie),
		.ret = SKEP_OPT(opts, ret),
	};
	char name[NAME_ROOM] = "";
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = check_program(program);
	if (err)
		return err;
	if (!function == !place.address)
		return skep_fail_hint(skep_fail(EINVAL, "cannot attach program '%s': %s",
						skep_program_name(program),
						function ? "a function and an address are given"
							 : "which function is not said"),
				      "give a function's name, or .address");
	place.ret = place.ret || skep_kprobe_is_ret(program);
	err = function ? split_offset(function, name, &place.offset) : 0;
	if (!err && place.ret && place.offset)
		err = skep_fail(EINVAL, "cannot attach program '%s' (%s): a return has no offset",
				skep_program_name(program), skep_program_section(program));
	if (!err)
		err = check_kernel(program, place.ret, function ? name : NULL);
	if (!err && function)
		err = find_place(program, name, &place);
	return err ? err : attach_place(out, program, &place, function ? name : NULL);
}

int skep_kprobe_by_section(struct skep_link **out, const struct skep_program *program,
			   const char *target)
{
	return *target ? skep_attach_kprobe(out, program, target, NULL) : -EDESTADDRREQ;
}
