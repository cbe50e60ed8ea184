/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Functions by pattern. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "elf_find.h"

struct match {
	const struct skep_elf *elf;
	const char *pattern;
	struct skep_elf_sites *sites;
	size_t room;
	size_t ifuncs;
	bool no_memory;
};

/* `*` and `?`. Goes back to the last star only, so that no pattern takes long. */
static bool fits(const char *pattern, const char *name, size_t length)
{
	const char *star = NULL, *end = name + length, *retry = NULL;

	while (name < end) {
		if (*pattern == '*') {
			star = ++pattern;
			retry = name;
		} else if (*pattern == '?' || (*pattern && *pattern == *name)) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star;
			name = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

static void add(struct match *match, uint64_t offset)
{
	struct skep_elf_sites *sites = match->sites;

	if (sites->count == match->room) {
		size_t room = match->room ? 2 * match->room : 64;
		uint64_t *grown = realloc(sites->offsets, room * sizeof(*grown));

		if (!grown) {
			match->no_memory = true;
			return;
		}
		sites->offsets = grown;
		match->room = room;
	}
	sites->offsets[sites->count++] = offset;
}

static void look_at(const struct skep_elf_symbol *symbol, void *ctx)
{
	struct match *match = ctx;
	uint64_t offset;

	if (!symbol->is_defined || symbol->type == STT_NOTYPE ||
	    !fits(match->pattern, symbol->name, symbol->length) ||
	    !skep_elf_offset(match->elf, symbol->address, &offset))
		return;
	if (symbol->type == STT_GNU_IFUNC)
		match->ifuncs++;
	else
		add(match, offset);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* One function may have several names, and be in both tables. */
static void keep_once(struct skep_elf_sites *sites)
{
	size_t kept = 0;

	if (sites->count)
		qsort(sites->offsets, sites->count, sizeof(*sites->offsets), compare);
	for (size_t i = 0; i < sites->count; i++)
		if (!kept || sites->offsets[i] != sites->offsets[kept - 1])
			sites->offsets[kept++] = sites->offsets[i];
	sites->count = kept;
}

void skep_elf_sites_free(struct skep_elf_sites *sites)
{
	free(sites->offsets);
	free(sites->cookies);
	free(sites->semaphores);
	*sites = (struct skep_elf_sites){ 0 };
}

static int none(const struct match *match, bool has_symbols)
{
	skep_fail(ENOENT, "no function of %s fits '%s'%s", match->elf->shown, match->pattern,
		  has_symbols ? "" : ", and the file is stripped of its own symbols");
	if (match->ifuncs)
		return skep_fail_hint(-ENOENT,
				      "%zu names fit that are IFUNCs: probe the functions "
				      "that they are resolved to",
				      match->ifuncs);
	return skep_fail_hint(-ENOENT,
			      "`nm -D %s`%s lists its functions; `*` is any text, `?` any "
			      "character",
			      match->elf->shown, has_symbols ? " or `nm`" : "");
}

int skep_elf_match(const struct skep_elf *elf, const struct skep_binary *binary,
		   const char *pattern, struct skep_elf_sites *out)
{
	struct skep_elf_sites sites SKEP_ELF_SITES_AUTO = { 0 };
	struct match match = { .elf = elf, .pattern = pattern, .sites = &sites };
	struct skep_elf debug SKEP_ELF_AUTO = SKEP_ELF_NONE;
	bool has_symbols = skep_elf_each_symbol(elf, look_at, &match);

	if (!has_symbols && skep_elf_open_debug(&debug, elf, binary->inside, binary->root))
		has_symbols = skep_elf_each_symbol(&debug, look_at, &match);
	if (match.no_memory)
		return skep_fail(ENOMEM, "no memory for the functions that fit '%s'", pattern);
	keep_once(&sites);
	if (!sites.count)
		return none(&match, has_symbols);
	*out = sites;
	sites = (struct skep_elf_sites){ 0 };
	return 0;
}
