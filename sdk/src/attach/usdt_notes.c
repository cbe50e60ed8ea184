/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The notes that probes leave in a file: where they are, and what they are called. */
#include "usdt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"

#define NOTE_TYPE 3

struct probe {
	const char *provider, *name;
	uint64_t address, base, semaphore;
};

static uint64_t word_at(const char *bytes, size_t size)
{
	uint64_t wide = 0;
	uint32_t narrow;

	if (size == sizeof(wide)) {
		memcpy(&wide, bytes, sizeof(wide));
		return wide;
	}
	memcpy(&narrow, bytes, sizeof(narrow));
	return narrow;
}

/* Three addresses and three texts, all of which lie in the note. */
static bool parse(const struct skep_elf *elf, const char *bytes, size_t size, struct probe *probe)
{
	size_t word = gelf_getclass(elf->elf) == ELFCLASS64 ? 8 : 4;
	const char *end = bytes + size, *text = bytes + 3 * word;

	if (size < 3 * word + 3 || bytes[size - 1] != '\0')
		return false;
	probe->address = word_at(bytes, word);
	probe->base = word_at(bytes + word, word);
	probe->semaphore = word_at(bytes + 2 * word, word);
	probe->provider = text;
	probe->name = text + strlen(text) + 1;
	return probe->name < end && *probe->provider && *probe->name;
}

/* fn for each probe, until it fails. */
static int each_probe(const struct skep_elf *elf, int (*fn)(const struct probe *probe, void *ctx),
		      void *ctx)
{
	GElf_Shdr header;
	Elf_Scn *section = skep_elf_section(elf, ".note.stapsdt", &header);
	Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
	size_t at = 0, next, name, desc;
	GElf_Nhdr note;
	int err = 0;

	while (!err && data && (next = gelf_getnote(data, at, &note, &name, &desc)) > at) {
		const char *bytes = data->d_buf;
		struct probe probe;

		if (note.n_type == NOTE_TYPE && note.n_namesz == sizeof("stapsdt") &&
		    !memcmp(bytes + name, "stapsdt", sizeof("stapsdt")) &&
		    parse(elf, bytes + desc, note.n_descsz, &probe))
			err = fn(&probe, ctx);
		at = next;
	}
	return err;
}

struct search {
	const struct skep_elf *elf;
	const char *provider, *name;
	struct skep_elf_sites *sites;
	size_t room;
	uint64_t base; /* where .stapsdt.base is now */
	bool has_base;
};

static bool make_room(struct search *search)
{
	struct skep_elf_sites *sites = search->sites;
	size_t room = search->room ? 2 * search->room : 8;
	uint64_t *offsets, *semaphores;

	if (sites->count < search->room)
		return true;
	offsets = realloc(sites->offsets, room * sizeof(*offsets));
	if (offsets)
		sites->offsets = offsets;
	semaphores = realloc(sites->semaphores, room * sizeof(*semaphores));
	if (semaphores)
		sites->semaphores = semaphores;
	if (!offsets || !semaphores)
		return false;
	search->room = room;
	return true;
}

/* prelink may have moved the program, and not the notes: their base tells by how much. */
static int take(const struct probe *probe, void *ctx)
{
	struct search *search = ctx;
	struct skep_elf_sites *sites = search->sites;
	uint64_t moved = search->has_base && probe->base ? search->base - probe->base : 0;
	uint64_t offset, semaphore = 0;

	if (strcmp(probe->provider, search->provider) != 0 ||
	    strcmp(probe->name, search->name) != 0)
		return 0;
	if (!skep_elf_offset(search->elf, probe->address + moved, &offset) ||
	    (probe->semaphore &&
	     !skep_elf_data_offset(search->elf, probe->semaphore + moved, &semaphore)))
		return skep_fail_hint(skep_fail(EBADMSG,
						"%s: its probe %s:%s is said to be at "
						"0x%llx, where no code is",
						search->elf->shown, probe->provider, probe->name,
						(unsigned long long)probe->address),
				      "install the file again");
	if (!make_room(search))
		return skep_fail(ENOMEM, "no memory for the places of %s:%s", probe->provider,
				 probe->name);
	sites->offsets[sites->count] = offset;
	sites->semaphores[sites->count++] = semaphore;
	return 0;
}

struct listing {
	const char *provider; /* only its, or NULL for all */
	struct skep_text text;
	size_t count;
};

static int list(const struct probe *probe, void *ctx)
{
	struct listing *listing = ctx;
	char name[128];
	size_t length;

	if (listing->provider && strcmp(probe->provider, listing->provider) != 0)
		return 0;
	listing->count++;
	snprintf(name, sizeof(name), "%.60s:%.60s", probe->provider, probe->name);
	length = strlen(name);
	for (const char *at = listing->text.buf; (at = strstr(at, name)); at += length)
		if ((at == listing->text.buf || at[-1] == ' ') &&
		    (at[length] == ',' || !at[length]))
			return 0;
	if (listing->text.used + length + 8 < 400)
		skep_text_add_name(&listing->text, name);
	return 0;
}

static int no_probe(const struct search *search)
{
	struct listing listing = { .provider = search->provider };

	each_probe(search->elf, list, &listing);
	if (!listing.count) {
		listing.provider = NULL;
		each_probe(search->elf, list, &listing);
	}
	skep_fail(ENOENT, "there is no probe %s:%s in %s", search->provider, search->name,
		  search->elf->shown);
	if (!listing.count)
		return skep_fail_hint(-ENOENT, "the file has no USDT probes at all: it was built "
					       "without them, or they are in one of its libraries");
	return skep_fail_hint(-ENOENT, "there are: %s", listing.text.buf);
}

int skep_usdt_find(const struct skep_elf *elf, const char *provider, const char *name,
		   struct skep_elf_sites *out)
{
	struct skep_elf_sites sites SKEP_ELF_SITES_AUTO = { 0 };
	struct search search = { .elf = elf, .provider = provider, .name = name, .sites = &sites };
	GElf_Shdr header;
	int err;

	if (skep_elf_section(elf, ".stapsdt.base", &header)) {
		search.has_base = true;
		search.base = header.sh_addr;
	}
	err = each_probe(elf, take, &search);
	if (err)
		return err;
	if (!sites.count)
		return no_probe(&search);
	*out = sites;
	sites = (struct skep_elf_sites){ 0 };
	return 0;
}
