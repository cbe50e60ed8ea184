/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The catalogue for people: what a code means. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/fail.h"
#include "verifier/explanation.h"

static void fill(struct skep_catalogue_page *page, const struct skep_entry *entry)
{
	*page = (struct skep_catalogue_page){ .name = entry->name,
					      .title = entry->title,
					      .explanation = entry->about };
	snprintf(page->code, sizeof(page->code), "SKEP-V%03d", entry->number);
}

static const struct skep_entry *find(const char *code)
{
	const char *digits = code;
	const struct skep_entry *entry;
	char *end;
	long number;

	if (!strncasecmp(digits, "SKEP-", 5))
		digits += 5;
	if (*digits == 'V' || *digits == 'v') {
		number = strtol(digits + 1, &end, 10);
		if (end == digits + 4 && !*end && number > 0)
			return skep_entry_find((int)number);
	}
	for (size_t i = 0; (entry = skep_entry_at(i)); i++)
		if (!strcmp(entry->name, code))
			return entry;
	return NULL;
}

int skep_catalogue_find(struct skep_catalogue_page *out, const char *code)
{
	const struct skep_entry *entry = find(code);

	if (!entry)
		return skep_fail(ENOENT, "there is no code %s in the catalogue", code);
	fill(out, entry);
	return 0;
}

bool skep_catalogue_at(struct skep_catalogue_page *out, size_t index)
{
	const struct skep_entry *entry = skep_entry_at(index);

	if (entry)
		fill(out, entry);
	return entry;
}

bool skep_catalogue_fix(struct skep_fix *out, const char *code, size_t index)
{
	const struct skep_entry *entry = find(code);
	const struct skep_say *row = NULL;
	size_t at = 0;

	if (!entry)
		return false;
	do {
		row = skep_entry_next_fix(entry->number, &at);
	} while (row && index--);
	if (!row)
		return false;
	*out = (struct skep_fix){ .text = row->text, .code = row->code[0] ? row->code : NULL };
	return true;
}

const char *skep_catalogue_wording(const char *code, size_t index)
{
	const struct skep_entry *entry = find(code);

	return entry ? skep_entry_wording(entry->number, index) : NULL;
}
