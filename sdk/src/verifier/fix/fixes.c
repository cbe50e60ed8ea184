/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What to write instead. With the source at hand the makers change it; the rows of the catalogue
 * follow, said in terms of this program.
 */
#include "fixer.h"

/* Who makes fixes for an entry, in the order that they are asked. */
struct maker {
	int number;
	void (*make)(struct skep_fixer *fx);
};
static const struct maker makers[] = {
	{ 1, skep_fix_null },        { 2, skep_fix_null },         { 3, skep_fix_null },
	{ 10, skep_fix_again },      { 10, skep_fix_stale },       { 10, skep_fix_read },
	{ 11, skep_fix_kind },       { 12, skep_fix_read },        { 12, skep_fix_kind },
	{ 13, skep_fix_special },    { 14, skep_fix_copy },        { 15, skep_fix_context },
	{ 101, skep_fix_packet },    { 102, skep_fix_size },       { 102, skep_fix_index },
	{ 103, skep_fix_index },     { 104, skep_fix_size },       { 104, skep_fix_index },
	{ 105, skep_fix_size },      { 105, skep_fix_index },      { 106, skep_fix_index },
	{ 110, skep_fix_size },      { 111, skep_fix_size },       { 112, skep_fix_size },
	{ 120, skep_fix_constant },  { 130, skep_fix_context },    { 131, skep_fix_context },
	{ 132, skep_fix_kind },      { 132, skep_fix_argument },   { 140, skep_fix_statement },
	{ 201, skep_fix_end },       { 201, skep_fix_initialise }, { 202, skep_fix_initialise },
	{ 301, skep_fix_statement }, { 301, skep_fix_sum },        { 302, skep_fix_sum },
	{ 400, skep_fix_again },     { 401, skep_fix_again },      { 400, skep_fix_argument },
	{ 401, skep_fix_argument },  { 402, skep_fix_map },        { 403, skep_fix_statement },
	{ 404, skep_fix_dynptr },    { 405, skep_fix_global },     { 406, skep_fix_kind },
	{ 406, skep_fix_parent },    { 407, skep_fix_order },      { 407, skep_fix_parent },
	{ 408, skep_fix_special },   { 501, skep_fix_release },    { 502, skep_fix_again },
	{ 502, skep_fix_order },     { 510, skep_fix_order },      { 520, skep_fix_special },
	{ 530, skep_fix_kptr },      { 531, skep_fix_order },      { 601, skep_fix_release },
	{ 601, skep_fix_order },     { 602, skep_fix_special },    { 602, skep_fix_lock_type },
	{ 603, skep_fix_release },   { 604, skep_fix_statement },  { 604, skep_fix_sleepable },
	{ 605, skep_fix_return },    { 607, skep_fix_special },    { 701, skep_fix_return },
	{ 702, skep_fix_loop },      { 705, skep_fix_end },        { 705, skep_fix_program },
	{ 706, skep_fix_map },       { 706, skep_fix_program },    { 802, skep_fix_statement },
	{ 812, skep_fix_attach },    { 813, skep_fix_statement },  { 814, skep_fix_license },
};

/* The same, where no instruction was verified. */
static const struct maker of_programs[] = {
	{ 705, skep_fix_program },  { 706, skep_fix_program },  { 812, skep_fix_attach },
	{ 901, skep_fix_creation }, { 902, skep_fix_old_maps },
};

static void make_for_program(const struct skep_case *c, struct skep_diagnostic *d,
			     struct skep_fix *fixes)
{
	struct skep_fixer fx;

	if (!skep_fixer_open_program(&fx, c, d, fixes))
		return;
	for (size_t i = 0; i < sizeof(of_programs) / sizeof(of_programs[0]); i++)
		if (of_programs[i].number == c->entry->number && !fx.count)
			of_programs[i].make(&fx);
	d->fix_count = fx.count;
	skep_fixer_close(&fx);
}

static void make(const struct skep_case *c, struct skep_diagnostic *d, struct skep_fix *fixes)
{
	struct skep_fixer fx;
	size_t here;

	if (!skep_fixer_open(&fx, c, d, fixes)) {
		skep_fixer_close(&fx);
		make_for_program(c, d, fixes);
		return;
	}
	here = fx.at;
	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++)
		if (makers[i].number == c->entry->number && !fx.count && skep_fixer_move(&fx, here))
			makers[i].make(&fx);
	d->fix_count = fx.count;
	skep_fixer_close(&fx);
}

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
	struct skep_fix *fixes = skep_arena_alloc(c->arena, SKEP_FIXES_MOST * sizeof(*fixes));
	const struct skep_say *row;
	size_t at = 0;

	d->fixes = fixes;
	if (!fixes)
		return;
	make(c, d, fixes);
	/* What the source gave is in its own words: the catalogue's would say the same again. */
	while (!d->fix_count && (row = skep_entry_next_fix(c->entry->number, &at)))
		d->fix_count += expand(c, row, &fixes[d->fix_count]);
	skep_fixes_add_own(c, d, fixes);
}
