/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What to write instead: the rows of the catalogue that can be said in terms of this program. */
#include "explanation.h"

#define FIXES_MOST 3

static bool expand(const struct skep_case *c, const struct skep_say *row, struct skep_fix *fix)
{
	const char *text, *code = NULL;

	if (!skep_fields_agree(&c->fields, row->when))
		return false;
	text = skep_fields_expand(&c->fields, c->arena, row->text);
	if (text && row->code[0])
		code = skep_fields_expand(&c->fields, c->arena, row->code);
	if (!text || (row->code[0] && !code))
		return false;
	*fix = (struct skep_fix){ .text = text, .code = code };
	return true;
}

void skep_fixes_add(const struct skep_case *c, struct skep_diagnostic *d)
{
	struct skep_fix *fixes = skep_arena_alloc(c->arena, FIXES_MOST * sizeof(*fixes));
	const struct skep_say *row;
	size_t at = 0;

	d->fixes = fixes;
	while (fixes && !d->fix_count && (row = skep_entry_next_fix(c->entry->number, &at)))
		d->fix_count += expand(c, row, &fixes[d->fix_count]);
}
