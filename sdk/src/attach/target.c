/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Which function a program is loaded for. Public side: <skep/attach/tracing.h>. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/bpf.h>

#include <skep/attach.h>

#include "attach.h"
#include "base/fail.h"
#include "base/text.h"
#include "functions.h"
#include "kernel/facts.h"
#include "kernel/reason.h"
#include "target.h"

static int check_state(const struct skep_program *program)
{
	if (program->object && program->object->state == OBJECT_OPEN)
		return 0;
	return skep_fail_hint(skep_fail(EBUSY, "program '%s' is loaded: its target is fixed",
					skep_program_name(program)),
			      "set the target between open and load; open the object once more for "
			      "another");
}

static int check_type(const struct skep_program *program, bool of_program)
{
	enum bpf_prog_type type;

	if (!program)
		return skep_fail_hint(skep_fail(EINVAL, "no program is given"),
				      "skep_object_program() is NULL for a name that the object "
				      "does not have");
	type = bpf_program__type(program->prog);

	if (type == BPF_PROG_TYPE_TRACING || (type == BPF_PROG_TYPE_LSM && !of_program) ||
	    (type == BPF_PROG_TYPE_EXT && of_program))
		return 0;
	if (type == BPF_PROG_TYPE_EXT)
		return skep_fail_hint(skep_fail(EPROTOTYPE,
						"program '%s' (%s) replaces functions of BPF "
						"programs, not of the kernel",
						skep_program_name(program),
						skep_program_section(program)),
				      "use skep_program_set_target_program()");
	return skep_fail_hint(skep_fail(EPROTOTYPE, "program '%s' (%s) is not loaded for a target",
					skep_program_name(program), skep_program_section(program)),
			      "put it into SEC(\"%s\")", of_program ? "freplace" : "fentry");
}

static int refuse_name(const struct skep_program *program, int err, const char *name,
		       const struct skep_capture *said)
{
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_LOAD, skep_errno_standard(err));
	char why[512] = "", hint[512] = "", module[64];
	const char *plain = skep_functions_split(name, module, sizeof(module));

	if (module[0] && strcmp(module, "vmlinux") && !skep_functions_has_module(module))
		return skep_fail_hint(skep_fail(ENOENT,
						"cannot set the target of program '%s': module %s "
						"is not loaded",
						skep_program_name(program), module),
				      "load it first: `modprobe %s`", module);
	refusal.code = refusal.code == ESRCH ? ENOENT : refusal.code;
	refusal.prog_type = (int)bpf_program__type(program->prog);
	refusal.attach_type = (int)bpf_program__expected_attach_type(program->prog);
	refusal.section = skep_program_section(program);
	refusal.target = plain;
	if (!skep_kernel_reason(&refusal, why, sizeof(why), hint, sizeof(hint)))
		skep_capture_complaint(said, why, sizeof(why));
	err = skep_kernel_lacks(&refusal) ? -EOPNOTSUPP : -refusal.code;
	skep_fail(err, "cannot set the target of program '%s' to %s: %s",
		  skep_program_name(program), name, why[0] ? why : strerror(refusal.code));
	return hint[0] ? skep_fail_hint(err, "%s", hint) : err;
}

/* What a target is called in the kernel's types, and among its functions. */
static const struct {
	int attach_type;
	unsigned int kind;
	const char *type_prefix, *function_prefix;
} spellings[] = {
	{ BPF_TRACE_RAW_TP, BTF_KIND_TYPEDEF, "btf_trace_", "__traceiter_" },
	{ BPF_LSM_MAC, BTF_KIND_FUNC, "bpf_lsm_", "bpf_lsm_" },
	{ BPF_LSM_CGROUP, BTF_KIND_FUNC, "bpf_lsm_", "bpf_lsm_" },
	{ BPF_TRACE_ITER, BTF_KIND_FUNC, "bpf_iter_", "bpf_iter_" },
	{ -1, BTF_KIND_FUNC, "", "" },
};

/*
 * libbpf (1.1) forgets the types that it read to look for a name, some 6 MB, when the object is
 * never loaded: so what is not there it is not asked for.
 */
static bool is_absent(const struct skep_program *program, const char *name)
{
	int attach_type = (int)bpf_program__expected_attach_type(program->prog);
	AUTO_FUNCTIONS *functions = NULL;
	const struct skep_function *first;
	struct btf *btf = NULL;
	char full[256];
	size_t row = 0;
	int id;

	while (spellings[row].attach_type >= 0 && spellings[row].attach_type != attach_type)
		row++;
	if (skep_kernel_btf_load(&btf))
		return false;
	snprintf(full, sizeof(full), "%s%s", spellings[row].type_prefix, name);
	id = skep_kernel_btf_id(btf, full, spellings[row].kind);
	btf__free(btf);
	if (id > 0 || skep_functions_get(&functions))
		return false;
	/* A module has types of its own. */
	snprintf(full, sizeof(full), "%s%s", spellings[row].function_prefix, name);
	return !skep_functions_find(functions, full, &first) || !first->module;
}

int skep_program_set_target(struct skep_program *program, const char *function)
{
	char module[64];
	const char *plain;
	int err = check_type(program, false);
	SKEP_CAPTURE(said);

	if (!err)
		err = check_state(program);
	if (err)
		return err;
	if (!function || !*function)
		return skep_fail(EINVAL, "cannot set the target of program '%s': no name is given",
				 skep_program_name(program));
	skep_functions_split(function, module, sizeof(module));
	if (module[0] && strcmp(module, "vmlinux") && !skep_functions_has_module(module))
		return refuse_name(program, -ENOENT, function, &said);
	plain = skep_functions_split(function, module, sizeof(module));
	if (is_absent(program, plain))
		return refuse_name(program, -ENOENT, function, &said);
	/* libbpf looks into modules by itself, and knows no prefix. */
	err = bpf_program__set_attach_target(program->prog, 0, plain);
	program->targeted = !err;
	return err ? refuse_name(program, err, function, &said) : 0;
}

/* Names of the program's functions: its own, and global ones, which are all in its BTF. */
static void list_functions(int fd, struct skep_text *names)
{
	struct bpf_prog_info info;
	__u32 bytes = sizeof(info);
	struct btf *btf;

	memset(&info, 0, sizeof(info));
	if (bpf_obj_get_info_by_fd(fd, &info, &bytes) || !info.btf_id)
		return;
	btf = btf__load_from_kernel_by_id(info.btf_id);
	for (__u32 id = 1; btf && id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);

		if (type && btf_is_func(type))
			skep_text_add_name(names, btf__name_by_offset(btf, type->name_off));
	}
	btf__free(btf);
}

/* What was wrong with the target, which libbpf answers in the same way always. */
static int refuse_function(const struct skep_program *program, int fd, const char *function)
{
	struct bpf_prog_info info;
	__u32 bytes = sizeof(info);
	struct skep_text names = { 0 };
	int err;

	memset(&info, 0, sizeof(info));
	err = bpf_obj_get_info_by_fd(fd, &info, &bytes);
	if (err == -EPERM)
		return skep_attach_refuse(program, err, NULL, function);
	if (err || bytes < offsetof(struct bpf_prog_info, btf_id) + sizeof(info.btf_id))
		return skep_fail_hint(skep_fail(EBADF,
						"program '%s': file descriptor %d is no BPF "
						"program",
						skep_program_name(program), fd),
				      "give the descriptor of a loaded program");
	if (!info.btf_id)
		return skep_fail_hint(skep_fail(EINVAL, "program '%s': its target '%s' has no BTF",
						skep_program_name(program), info.name),
				      "compile the target with -g");
	list_functions(fd, &names);
	err = skep_fail(ENOENT, "program '%s': its target '%s' has no function %s",
			skep_program_name(program), info.name, function);
	return skep_fail_hint(err, "it has: %s", names.buf);
}

int skep_target_check(const struct skep_program *program, int fd, const char *function)
{
	SKEP_CAPTURE(said);
	struct skep_text names = { 0 };
	char *rest, *name;

	if (fd < 0)
		return skep_fail_hint(skep_fail(EBADF, "the target of program '%s' is not loaded",
						skep_program_name(program)),
				      "call skep_object_load() of the target's object first");
	if (!function || !*function)
		return skep_fail(EINVAL,
				 "which function of its target program '%s' is for, is not "
				 "said",
				 skep_program_name(program));
	list_functions(fd, &names);
	for (rest = names.buf; (name = strsep(&rest, ","));)
		if (!strcmp(name + strspn(name, " "), function))
			return 0;
	/* The list may have been cut: whether it is there, libbpf says then. */
	return names.used >= sizeof(names.buf) - 1 ? 0 : refuse_function(program, fd, function);
}

int skep_program_set_target_fd(struct skep_program *program, int fd, const char *function)
{
	SKEP_CAPTURE(said);
	int err = check_type(program, true);

	if (!err)
		err = check_state(program);
	if (!err)
		err = skep_target_check(program, fd, function);
	if (err)
		return err;
	err = bpf_program__set_attach_target(program->prog, fd, function);
	return err ? refuse_function(program, fd, function) : 0;
}

int skep_program_set_target_program(struct skep_program *program, const struct skep_program *target,
				    const char *function)
{
	if (program && !target)
		return skep_fail(EINVAL, "there is no program that program '%s' could be put on",
				 skep_program_name(program));
	return skep_program_set_target_fd(program, target ? skep_program_fd(target) : -1, function);
}
