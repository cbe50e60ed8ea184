/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The object file inside the header: as words, which compile several times faster than bytes. */
#include "gen.h"
#include "model.h"

#include <string.h>

/* As in __TARGET_ARCH_x, and what a compiler for it defines. */
static const struct {
	const char *arch, *condition;
} conditions[] = {
	{ "x86", "defined(__x86_64__) || defined(__i386__)" },
	{ "arm64", "defined(__aarch64__)" },
	{ "arm", "defined(__arm__)" },
	{ "riscv", "defined(__riscv)" },
	{ "powerpc", "defined(__powerpc__)" },
	{ "s390", "defined(__s390x__)" },
	{ "mips", "defined(__mips__)" },
	{ "loongarch", "defined(__loongarch__)" },
};

static const char *condition_of(const char *arch)
{
	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++)
		if (!strcmp(conditions[i].arch, arch))
			return conditions[i].condition;
	return NULL;
}

bool gen_arch_is_known(const char *arch)
{
	return condition_of(arch);
}

void gen_emit_bytes(FILE *out, const char *name, const char *arch, const void *data, size_t bytes,
		    bool first)
{
	fprintf(out, "%s %s\n", first ? "#if" : "#elif", arch ? condition_of(arch) : "1");
	fprintf(out, "#define SKEP_%s_BYTES_ %zu\n", name, bytes);
	fprintf(out, "static const unsigned long long %s_elf_[] = {", name);
	for (size_t at = 0; at < bytes; at += 8) {
		unsigned long long word = 0;

		memcpy(&word, (const char *)data + at, bytes - at < 8 ? bytes - at : 8);
		fprintf(out, "%s%#llx,", at % 40 ? "" : "\n", word);
	}
	fprintf(out, "\n};\n");
}
