/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "elf_find.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/logging.h"
#include "base/text.h"
#include "kernel/rules.h"

/* How sure a symbol is what a name means; a hidden version or a local one may be another's. */
enum rank {
	RANK_NONE,
	RANK_BARE,
	RANK_LOCAL,
	RANK_OLD_VERSION,
	RANK_WEAK,
	RANK_GLOBAL
};

struct search {
	const struct skep_elf *elf;
	struct skep_wanted **sorted; /* by name, without versions */
	size_t count;
};

static size_t name_length(const char *symbol)
{
	return strcspn(symbol, "@");
}

static int compare_names(const char *a, size_t a_length, const char *b, size_t b_length)
{
	int order = memcmp(a, b, a_length < b_length ? a_length : b_length);

	if (order)
		return order;
	return a_length < b_length ? -1 : a_length > b_length;
}

static int compare_wanted(const void *a, const void *b)
{
	const struct skep_wanted *const *x = a, *const *y = b;

	return compare_names((*x)->symbol, name_length((*x)->symbol), (*y)->symbol,
			     name_length((*y)->symbol));
}

/* The first of those with that name; count: there is none. */
static size_t find_first(const struct search *search, const char *name, size_t length)
{
	size_t low = 0, high = search->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *its = search->sorted[middle]->symbol;

		if (compare_names(its, name_length(its), name, length) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static enum rank rank_of(const struct skep_elf_symbol *symbol, const char *asked)
{
	const char *version = strchr(asked, '@');

	if (version) {
		version += strspn(version, "@");
		if (!symbol->version || strcmp(symbol->version, version) != 0)
			return RANK_NONE;
		return RANK_GLOBAL;
	}
	if (symbol->type == STT_NOTYPE)
		return RANK_BARE;
	if (symbol->bind == STB_LOCAL)
		return RANK_LOCAL;
	if (!symbol->is_default)
		return RANK_OLD_VERSION;
	return symbol->bind == STB_WEAK ? RANK_WEAK : RANK_GLOBAL;
}

static void take(struct skep_wanted *wanted, const struct skep_elf_symbol *symbol, enum rank rank,
		 uint64_t offset)
{
	if (rank > wanted->rank) {
		wanted->rank = (unsigned char)rank;
		wanted->address = symbol->address;
		wanted->size = symbol->size;
		wanted->offset = offset;
		wanted->is_ifunc = symbol->type == STT_GNU_IFUNC;
		wanted->other_count = 0;
		return;
	}
	if (rank < wanted->rank || offset == wanted->offset)
		return;
	for (size_t i = 0; i < wanted->other_count; i++)
		if (i < 4 && wanted->others[i] == offset)
			return;
	if (wanted->other_count < 4)
		wanted->others[wanted->other_count] = offset;
	wanted->other_count++;
}

static void note_version(struct skep_wanted *wanted, const char *version)
{
	size_t used = strlen(wanted->versions);

	if (version && !strstr(wanted->versions, version))
		snprintf(wanted->versions + used, sizeof(wanted->versions) - used, "%s%s",
			 used ? ", " : "", version);
}

static void look_at(const struct skep_elf_symbol *symbol, void *ctx)
{
	const struct search *search = ctx;
	uint64_t offset = 0;

	for (size_t i = find_first(search, symbol->name, symbol->length); i < search->count; i++) {
		struct skep_wanted *wanted = search->sorted[i];
		enum rank rank;

		if (compare_names(wanted->symbol, name_length(wanted->symbol), symbol->name,
				  symbol->length))
			return;
		rank = rank_of(symbol, wanted->symbol);
		if (!symbol->is_defined)
			wanted->is_import = true;
		else if (rank && skep_elf_offset(search->elf, symbol->address, &offset))
			take(wanted, symbol, rank, offset);
		else if (rank)
			wanted->is_data = true;
		else
			note_version(wanted, symbol->version);
	}
}

/* Symbols of the file itself, then of its debug file when it was stripped. */
static bool each_symbol(const struct skep_elf *elf, const struct skep_binary *binary,
			skep_elf_symbol_fn *fn, void *ctx)
{
	struct skep_elf debug SKEP_ELF_AUTO = SKEP_ELF_NONE;

	if (skep_elf_each_symbol(elf, fn, ctx))
		return true;
	return skep_elf_open_debug(&debug, elf, binary->inside, binary->root) &&
	       skep_elf_each_symbol(&debug, fn, ctx);
}

static void offer(const struct skep_elf_symbol *symbol, void *ctx)
{
	struct skep_nearest *nearest = ctx;
	char name[96];

	if (!symbol->is_defined || symbol->type != STT_FUNC || symbol->length >= sizeof(name))
		return;
	memcpy(name, symbol->name, symbol->length);
	name[symbol->length] = '\0';
	if (strcmp(name, nearest->target) != 0)
		skep_kernel_nearest_offer(nearest, name);
}

static const char *nearest_text(const struct skep_elf *elf, const struct skep_binary *binary,
				const char *symbol, char *text, size_t size)
{
	char name[96];
	struct skep_nearest nearest;

	snprintf(name, sizeof(name), "%.*s", (int)name_length(symbol), symbol);
	skep_kernel_nearest_start(&nearest, name);
	each_symbol(elf, binary, offer, &nearest);
	return skep_kernel_nearest_text(&nearest, text, size);
}

static int stripped(const struct skep_elf *elf, const char *symbol, const char *near)
{
	char id[2 * SKEP_BUILD_ID_MAX + 1], file[2 * SKEP_BUILD_ID_MAX + 48] = "";

	skep_elf_build_id_text(elf, id);
	if (strlen(id) > 2)
		snprintf(file, sizeof(file), " (/usr/lib/debug/.build-id/%.2s/%s.debug)", id,
			 id + 2);
	skep_fail(ENOENT, "there is no function '%s' in %s, which is stripped of its own symbols",
		  symbol, elf->shown);
	return skep_fail_hint(-ENOENT,
			      "install its debug symbols%s, or give the offset in the file "
			      "instead%s%s",
			      file, near[0] ? "; of those that are left, did you mean " : "", near);
}

static void ignore(const struct skep_elf_symbol *symbol, void *ctx)
{
	(void)symbol;
	(void)ctx;
}

static int no_symbol(const struct skep_elf *elf, const struct skep_binary *binary,
		     const struct skep_wanted *wanted)
{
	char near[320];

	if (wanted->is_import && !wanted->is_data)
		return skep_fail_hint(
			skep_fail(ENOENT, "%s calls '%s', but does not have it", elf->shown,
				  wanted->symbol),
			"give the library that has it: `ldd` names those of a program");
	if (wanted->is_data)
		return skep_fail_hint(
			skep_fail(ENOENT, "'%s' in %s is no function", wanted->symbol, elf->shown),
			"uprobes are for code; data can be read by its address");
	if (wanted->versions[0])
		return skep_fail_hint(skep_fail(ENOENT, "there is no function '%s' in %s",
						wanted->symbol, elf->shown),
				      "its versions are: %s", wanted->versions);
	nearest_text(elf, binary, wanted->symbol, near, sizeof(near));
	if (!each_symbol(elf, binary, ignore, NULL))
		return stripped(elf, wanted->symbol, near);
	skep_fail(ENOENT, "there is no function '%s' in %s", wanted->symbol, elf->shown);
	if (near[0])
		return skep_fail_hint(-ENOENT, "did you mean %s?", near);
	return skep_fail_hint(-ENOENT,
			      "`nm -D %s` and `nm %s` list those there are; one that is "
			      "inlined everywhere has no symbol",
			      elf->shown, elf->shown);
}

static int not_unique(const struct skep_elf *elf, const struct skep_wanted *wanted)
{
	struct skep_text places = { 0 };

	skep_text_add(&places, "0x%llx", (unsigned long long)wanted->offset);
	for (size_t i = 0; i < wanted->other_count && i < 4; i++)
		skep_text_add(&places, ", 0x%llx", (unsigned long long)wanted->others[i]);
	return skep_fail_hint(skep_fail(ENOTUNIQ, "%s has %zu functions '%s', at the offsets %s%s",
					elf->shown, wanted->other_count + 1, wanted->symbol,
					places.buf, wanted->other_count > 4 ? ", ..." : ""),
			      "give one of the offsets instead of the symbol, or probe all of them "
			      "with .pattern of skep_attach_uprobe_multi()");
}

static int is_ifunc(const struct skep_elf *elf, const struct skep_binary *binary,
		    const struct skep_wanted *wanted)
{
	char near[320];

	skep_fail(ENOTUNIQ,
		  "'%s' in %s is not one function: the loader picks one of several for this "
		  "processor (an IFUNC)",
		  wanted->symbol, elf->shown);
	nearest_text(elf, binary, wanted->symbol, near, sizeof(near));
	return skep_fail_hint(-ENOTUNIQ,
			      "probe the one that is picked, as `gdb -p PID` shows it, by its own "
			      "symbol or offset%s%s",
			      near[0] ? "; similar names: " : "", near);
}

/* 0, or -errno in words. */
static int judge(const struct skep_elf *elf, const struct skep_binary *binary,
		 struct skep_wanted *wanted)
{
	if (!wanted->rank)
		return no_symbol(elf, binary, wanted);
	if (wanted->is_ifunc)
		return is_ifunc(elf, binary, wanted);
	if (wanted->other_count)
		return not_unique(elf, wanted);
	if (wanted->behind &&
	    (wanted->size ? wanted->behind >= wanted->size
			  : !skep_elf_is_code(elf, wanted->offset + wanted->behind)))
		return skep_fail_hint(
			skep_fail(ERANGE,
				  "'%s' in %s has %llu bytes: %llu behind its start is "
				  "not in it",
				  wanted->symbol, elf->shown, (unsigned long long)wanted->size,
				  (unsigned long long)wanted->behind),
			"give the offset of an instruction: `objdump -d` shows them");
	wanted->offset += wanted->behind;
	return 0;
}

int skep_elf_find(const struct skep_elf *elf, const struct skep_binary *binary,
		  struct skep_wanted *wanted, size_t count, bool missing_ok)
{
	AUTO_FREE struct skep_wanted **sorted = calloc(count ? count : 1, sizeof(*sorted));
	struct search search = { .elf = elf, .sorted = sorted, .count = count };
	size_t found = 0;

	if (!sorted)
		return skep_fail(ENOMEM, "no memory for %zu symbols", count);
	for (size_t i = 0; i < count; i++)
		sorted[i] = &wanted[i];
	qsort(sorted, count, sizeof(*sorted), compare_wanted);
	each_symbol(elf, binary, look_at, &search);
	for (size_t i = 0; i < count; i++) {
		int err = judge(elf, binary, &wanted[i]);

		if (err && !missing_ok)
			return err;
		if (err) {
			skep_log(SKEP_LOG_WARN, "left out: %s", skep_error_last()->message);
			wanted[i].rank = RANK_NONE;
		} else {
			found++;
		}
	}
	return found || !count
		       ? 0
		       : skep_fail_hint(skep_fail(ENOENT, "none of the %zu functions is in %s",
						  count, elf->shown),
					"%s", "skep_log_set() shows each of them");
}
