/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "elf_check.h"
#include "elf_check_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static int (*const parts[])(struct skep_elf *) = {
	skep_elf_check_header,    skep_elf_check_sections, skep_elf_check_symbols,
	skep_elf_check_functions, skep_elf_check_relocs,   skep_elf_check_btf,
	skep_elf_check_btf_graph, skep_elf_check_btf_data, skep_elf_check_btf_ext,
};

static void release(struct skep_elf *e)
{
	free(e->sections);
	free(e->symbols);
	free(e->globals);
	free(e->btf.copy);
	free(e->btf.types);
	free(e->btf.sizes);
}

int skep_elf_check(const void *data, size_t size, const char *name)
{
	struct skep_elf e __attribute__((cleanup(release))) = {
		.data = data,
		.size = size,
		.file = name,
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		int err = parts[i](&e);

		if (err)
			return err;
	}
	return 0;
}

/* Names in the file may hold anything: one printable line of them is what people get. */
static void make_printable(char *text)
{
	for (; *text; text++) {
		if (*text < ' ' || *text > '~')
			*text = '?';
	}
}

int skep_elf_refuse(const struct skep_elf *e, const char *format, ...)
{
	char text[512];
	va_list args;
	int err;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	make_printable(text);
	err = skep_fail(EINVAL, "%s is malformed: %s", e->file, text);
	return skep_fail_hint(err, "the file was damaged, or edited by a tool that does not know "
				   "BPF: build it again with clang -target bpf");
}

int skep_elf_refuse_unsupported(const struct skep_elf *e, const char *format, ...)
{
	char text[512];
	va_list args;
	int err;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	make_printable(text);
	err = skep_fail(EOPNOTSUPP, "%s cannot be read: %s", e->file, text);
	return skep_fail_hint(err,
			      "it may come from a newer compiler: use a newer skep, or clang 19");
}

int skep_elf_refuse_short(const struct skep_elf *e, const char *what, uint64_t end)
{
	char text[128];
	int err;

	snprintf(text, sizeof(text), "%s", what);
	make_printable(text);
	err = skep_fail(EINVAL, "%s is truncated: %s ends at byte %" PRIu64 ", the file has %zu",
			e->file, text, end, e->size);
	return skep_fail_hint(err, "copy or build the file again: its end is missing");
}

int skep_elf_no_memory(const struct skep_elf *e)
{
	return skep_fail(ENOMEM, "no memory to check %s (%zu bytes)", e->file, e->size);
}
