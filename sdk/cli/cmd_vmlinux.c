/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"

struct args {
	const char *output;
	const char *btf;
};

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0, "Write to FILE, not to standard output", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case 'o':
		args->output = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (args->btf)
			argp_error(state, "one BTF file at a time");
		args->btf = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[BTF-FILE]",
	.doc = "Write vmlinux.h: all types of a kernel, as C, ready for CO-RE.\v"
	       "BTF-FILE is raw BTF or an ELF file with a .BTF section, of any kernel and "
	       "architecture; default: " KERNEL_BTF ".",
};

static const char top[] =
	"#ifndef __VMLINUX_H__\n"
	"#define __VMLINUX_H__\n\n"
	"/* Written by `skep vmlinux` from a kernel's BTF; do not edit. */\n\n"
	"#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n"
	"#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)\n"
	"#endif\n\n";

static const char bottom[] = "#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n"
			     "#pragma clang attribute pop\n"
			     "#endif\n\n"
			     "#endif\n";

__attribute__((format(printf, 2, 0))) static void print(void *file, const char *format,
							va_list args)
{
	vfprintf(file, format, args);
}

static int dump(const struct btf *btf, FILE *out)
{
	struct btf_dump *dump = btf_dump__new(btf, print, out, NULL);
	int err = dump ? 0 : -errno;

	fputs(top, out);
	for (__u32 id = 1; id < btf__type_cnt(btf) && !err; id++)
		err = btf_dump__dump_type(dump, id);
	fputs(bottom, out);
	btf_dump__free(dump);
	return err;
}

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static int no_btf(const char *what, const char *path, int err)
{
	const char *hint = "give a raw BTF file, or an ELF file with a .BTF section";

	if (!strcmp(path, KERNEL_BTF) && err == -ENOENT)
		hint = "this kernel has no BTF (CONFIG_DEBUG_INFO_BTF): name a BTF file of the "
		       "kernel that you build for";
	if (err == -ENOENT && access(path, F_OK)) /* else: no such section */
		return cli_fail(what, hint, "there is no %s", path);
	if (err == -EACCES || err == -EPERM || err == -EISDIR)
		return cli_fail(what, NULL, "cannot read %s: %s", path, strerror(-err));
	return cli_fail(what, hint, "%s has no BTF that can be read", path);
}

int cmd_vmlinux(int argc, char **argv)
{
	struct args args = { 0 };
	char *text = NULL;
	size_t bytes = 0;
	struct btf *btf;
	FILE *out;
	int err;

	cli_parse(&argp, argc, argv, &args);
	if (!args.btf)
		args.btf = KERNEL_BTF;
	libbpf_set_print(quiet);
	btf = btf__parse(args.btf, NULL);
	if (!btf)
		return no_btf(argv[0], args.btf, -errno);
	out = open_memstream(&text, &bytes);
	err = out ? dump(btf, out) : -errno;
	if (out && fclose(out) && !err)
		err = -ENOMEM;
	btf__free(btf);
	if (err)
		err = cli_fail(argv[0], NULL, "cannot write types of %s: %s", args.btf,
			       strerror(-err));
	else
		err = cli_write(argv[0], args.output, text, bytes);
	free(text);
	return err;
}
