/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* From names of functions to places in the file, many in one pass. */
#ifndef SKEP_ATTACH_ELF_FIND_H
#define SKEP_ATTACH_ELF_FIND_H

#include "elf_file.h"
#include "library.h"

/* Places in one file. Freed with skep_elf_sites_free(). */
struct skep_elf_sites {
	uint64_t *offsets;
	uint64_t *cookies;    /* one each, or NULL */
	uint64_t *semaphores; /* one each, or NULL */
	char **names;         /* one each, or NULL: of a pattern */
	size_t count;
};
#define SKEP_ELF_SITES_AUTO __attribute__((cleanup(skep_elf_sites_free)))
void skep_elf_sites_free(struct skep_elf_sites *sites);

struct skep_wanted {
	const char *symbol; /* NAME, NAME@VERSION, NAME@@VERSION */
	uint64_t behind;    /* bytes behind its start */
	uint64_t offset;    /* found: in the file */
	/* How it went, filled by the search. */
	uint64_t address, size;
	uint64_t others[4]; /* other places of the same name that are as good */
	size_t other_count;
	unsigned char rank; /* 0: not found */
	bool is_import, is_ifunc, is_data;
	char versions[96]; /* that the name has, where the one asked for is not among them */
};

/*
 * Each of `wanted`, or -errno in words about the first that is not to be had: ENOENT with the names
 * most alike, ENOTUNIQ, ERANGE. With `missing_ok` those have rank 0 afterwards, are told through
 * skep_log(), and only if none is left it is ENOENT.
 */
int skep_elf_find(const struct skep_elf *elf, const struct skep_binary *binary,
		  struct skep_wanted *wanted, size_t count, bool missing_ok);

/* Each function whose name fits the pattern (`*` and `?`), once; -errno in words. */
int skep_elf_match(const struct skep_elf *elf, const struct skep_binary *binary,
		   const char *pattern, struct skep_elf_sites *out);

#endif
