/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "cli.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
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
	       "BTF-FILE is raw BTF, an ELF file with a .BTF section, or a kernel's image that is not "
	       "compressed (arm64's vmlinuz), of any kernel and architecture; default: " KERNEL_BTF
	       ".",
};

static const char top[] =
	"#ifndef __VMLINUX_H__\n"
	"#define __VMLINUX_H__\n\n"
	"/* Written by `skep vmlinux` from a kernel's BTF; do not edit. */\n\n"
	/* One error, and not one for each of their types. */
	"#if defined(SKEP_BPF_SIDE) || defined(SKEP_TYPES_H) || defined(__LINUX_BPF_H__)\n"
	"#error \"skep: vmlinux.h comes first: include it before <skep/bpf/...> and <linux/...>\"\n"
	"#else\n\n"
	"#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n"
	"#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)\n"
	"#endif\n\n";

static const char bottom[] = "#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n"
			     "#pragma clang attribute pop\n"
			     "#endif\n\n"
			     "#endif\n"
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

/* How many bytes of BTF begin at `at`, if any do. */
static size_t btf_bytes(const char *at, size_t room)
{
	struct btf_header header;

	if (room < sizeof(header))
		return 0;
	memcpy(&header, at, sizeof(header));
	if (header.version != BTF_VERSION || header.flags || header.hdr_len != sizeof(header) ||
	    header.type_off || header.str_off < header.type_len || !header.str_len ||
	    (size_t)header.str_off + header.str_len > room - sizeof(header))
		return 0;
	return sizeof(header) + header.str_off + header.str_len;
}

/* The largest BTF in these bytes: a kernel's own, among what only looks like the beginning of some. */
static struct btf *largest_btf(const char *bytes, size_t size)
{
	const __u16 magic = BTF_MAGIC;
	const char *end = bytes + size;
	struct btf *best = NULL, *btf;
	size_t best_bytes = 0, found;

	for (const char *at = bytes; at; at++) {
		at = memmem(at, (size_t)(end - at), &magic, sizeof(magic));
		if (!at)
			break;
		found = btf_bytes(at, (size_t)(end - at));
		btf = found > best_bytes ? btf__new(at, (__u32)found) : NULL;
		if (!btf)
			continue;
		btf__free(best);
		best = btf;
		best_bytes = found;
	}
	return best;
}

/* What is an ELF file or BTF by its first bytes is no image, but was damaged. */
static bool may_be_image(const char *bytes, size_t size)
{
	const __u16 magic = BTF_MAGIC;

	return size > SELFMAG && memcmp(bytes, ELFMAG, SELFMAG) != 0 &&
	       memcmp(bytes, &magic, sizeof(magic)) != 0;
}

static struct btf *btf_of_image(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct btf *btf = NULL;
	struct stat st;
	void *bytes;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size > 0) {
		bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (bytes != MAP_FAILED) {
			if (may_be_image(bytes, (size_t)st.st_size))
				btf = largest_btf(bytes, (size_t)st.st_size);
			munmap(bytes, (size_t)st.st_size);
		}
	}
	close(fd);
	return btf;
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
	err = btf ? 0 : -errno;
	if (!btf)
		btf = btf_of_image(args.btf);
	if (!btf)
		return no_btf(argv[0], args.btf, err);
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
