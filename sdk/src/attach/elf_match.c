/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Functions by pattern. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "elf_find.h"

struct function {
	uint64_t offset;
	char *name;
};

struct match {
	const struct skep_elf *elf;
	const char *pattern;
	struct function *functions;
	size_t count, room;
	size_t ifuncs;
	bool no_memory;
};

#define MATCH_AUTO __attribute__((cleanup(free_match)))

static void free_match(struct match *match)
{
	for (size_t i = 0; i < match->count; i++)
		free(match->functions[i].name);
	free(match->functions);
}

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

static void add(struct match *match, uint64_t offset, const struct skep_elf_symbol *symbol)
{
	if (match->count == match->room) {
		size_t room = match->room ? 2 * match->room : 64;
		struct function *grown = realloc(match->functions, room * sizeof(*grown));

		if (!grown) {
			match->no_memory = true;
			return;
		}
		match->functions = grown;
		match->room = room;
	}
	match->functions[match->count].offset = offset;
	match->functions[match->count].name = strndup(symbol->name, symbol->length);
	if (match->functions[match->count].name)
		match->count++;
	else
		match->no_memory = true;
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
		add(match, offset, symbol);
}

/* By place; of one place's names the plainest first: `malloc` before `__libc_malloc`. */
static int compare(const void *a, const void *b)
{
	const struct function *x = a, *y = b;
	size_t x_length = strlen(x->name), y_length = strlen(y->name);

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	if ((*x->name == '_') != (*y->name == '_'))
		return *x->name == '_' ? 1 : -1;
	if (x_length != y_length)
		return x_length < y_length ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* One function may have several names, and be in both tables. */
static int keep_once(struct match *match, struct skep_elf_sites *sites)
{
	sites->offsets = calloc(match->count + 1, sizeof(*sites->offsets));
	sites->names = calloc(match->count + 1, sizeof(*sites->names));
	if (!sites->offsets || !sites->names)
		return -ENOMEM;
	if (match->count)
		qsort(match->functions, match->count, sizeof(*match->functions), compare);
	for (size_t i = 0; i < match->count; i++) {
		struct function *function = &match->functions[i];

		if (sites->count && function->offset == sites->offsets[sites->count - 1])
			continue;
		sites->offsets[sites->count] = function->offset;
		sites->names[sites->count++] = SKEP_TAKE(function->name);
	}
	return 0;
}

void skep_elf_sites_free(struct skep_elf_sites *sites)
{
	for (size_t i = 0; sites->names && i < sites->count; i++)
		free(sites->names[i]);
	free(sites->names);
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
	struct match match MATCH_AUTO = { .elf = elf, .pattern = pattern };
	struct skep_elf debug SKEP_ELF_AUTO = SKEP_ELF_NONE;
	bool has_symbols = skep_elf_each_symbol(elf, look_at, &match);

	if (!has_symbols && skep_elf_open_debug(&debug, elf, binary->inside, binary->root))
		has_symbols = skep_elf_each_symbol(&debug, look_at, &match);
	if (match.no_memory || keep_once(&match, &sites))
		return skep_fail(ENOMEM, "no memory for the functions that fit '%s'", pattern);
	if (!sites.count)
		return none(&match, has_symbols);
	*out = sites;
	sites = (struct skep_elf_sites){ 0 };
	return 0;
}
