/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "catalogue.h"

#include "pattern.h"

struct wording {
	int number;
	struct skep_span pattern, when;
};

#define ROW(literal)                                                                               \
	{                                                                                          \
		(literal), sizeof(literal) - 1                                                     \
	}
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Each table takes its own rows of the generated file. */
#define CODE(number, name, rule, title, about)
#define SAY(number, text, when)
#define MATCH(number, pattern, when)
#define FIX(number, text, code, when)
#define DETAIL(pattern, kind)
#define WRAP(pattern)
#define WARN(pattern)

static const struct skep_entry entries[] = {
#undef CODE
#define CODE(number, name, rule, title, about) { number, name, rule, title, about },
#include "catalogue-table.h"
#undef CODE
#define CODE(number, name, rule, title, about)
};

static const struct skep_say says[] = {
#undef SAY
#define SAY(number, text, when) { number, ROW(when), text, NULL },
#include "catalogue-table.h"
#undef SAY
#define SAY(number, text, when)
};

static const struct skep_say fixes[] = {
#undef FIX
#define FIX(number, text, code, when) { number, ROW(when), text, code },
#include "catalogue-table.h"
#undef FIX
#define FIX(number, text, code, when)
};

static const struct wording refusals[] = {
#undef MATCH
#define MATCH(number, pattern, when) { number, ROW(pattern), ROW(when) },
#include "catalogue-table.h"
#undef MATCH
#define MATCH(number, pattern, when)
};

static const struct wording details[] = {
#undef DETAIL
#define DETAIL(pattern, kind) { 0, ROW(pattern), ROW(kind) },
#include "catalogue-table.h"
#undef DETAIL
#define DETAIL(pattern, kind)
};

static const struct wording wrappers[] = {
#undef WRAP
#define WRAP(pattern) { 0, ROW(pattern), ROW("") },
#include "catalogue-table.h"
#undef WRAP
#define WRAP(pattern)
};

static const struct wording warnings[] = {
#undef WARN
#define WARN(pattern) { 0, ROW(pattern), ROW("") },
#include "catalogue-table.h"
};

const struct skep_entry *skep_entry_at(size_t index)
{
	return index < COUNT(entries) ? &entries[index] : NULL;
}

const struct skep_entry *skep_entry_find(int number)
{
	for (size_t i = 0; i < COUNT(entries); i++)
		if (entries[i].number == number)
			return &entries[i];
	return NULL;
}

static const struct skep_say *next(const struct skep_say *rows, size_t count, int number,
				   size_t *at)
{
	while (*at < count) {
		const struct skep_say *row = &rows[(*at)++];

		if (row->number == number)
			return row;
	}
	return NULL;
}

const struct skep_say *skep_entry_next_say(int number, size_t *at)
{
	return next(says, COUNT(says), number, at);
}

const struct skep_say *skep_entry_next_fix(int number, size_t *at)
{
	return next(fixes, COUNT(fixes), number, at);
}

const char *skep_entry_wording(int number, size_t index)
{
	for (size_t i = 0; i < COUNT(refusals); i++)
		if (refusals[i].number == number && !index--)
			return refusals[i].pattern.at;
	return NULL;
}

static const struct wording *find(const struct wording *rows, size_t count, struct skep_span line,
				  struct skep_fields *fields)
{
	for (size_t i = 0; i < count; i++)
		if (skep_pattern_match(rows[i].pattern, line, fields))
			return &rows[i];
	return NULL;
}

/* Wordings with a condition are asked first: they are the exceptions to those without. */
static const struct wording *find_refusal(struct skep_span line, struct skep_fields *fields)
{
	size_t known = fields->count;

	for (size_t pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < COUNT(refusals); i++) {
			if (!refusals[i].when.length == !pass)
				continue;
			if (skep_pattern_match(refusals[i].pattern, line, fields) &&
			    skep_fields_agree(fields, refusals[i].when))
				return &refusals[i];
			fields->count = known;
		}
	return NULL;
}

/* Lines that come with a refusal, and are none. */
static enum skep_wording look_up_company(struct skep_span line, struct skep_fields *fields)
{
	const struct wording *row = find(details, COUNT(details), line, fields);

	if (row) {
		bool empty = skep_span_is(skep_fields_get(fields, SPAN("size")), SPAN("0"));

		skep_fields_set(fields, SPAN("kind"), empty ? SPAN("nothing") : row->when);
		return SKEP_WORDING_DETAIL;
	}
	if (find(wrappers, COUNT(wrappers), line, fields))
		return SKEP_WORDING_WRAPPER;
	if (find(warnings, COUNT(warnings), line, fields))
		return SKEP_WORDING_WARNING;
	return SKEP_WORDING_UNKNOWN;
}

enum skep_wording skep_catalogue_look_up(struct skep_span line, bool refusals_only,
					 struct skep_fields *fields, int *number)
{
	enum skep_wording wording = SKEP_WORDING_UNKNOWN;
	const struct wording *row;

	*number = 0;
	if (!refusals_only)
		wording = look_up_company(line, fields);
	if (wording != SKEP_WORDING_UNKNOWN)
		return wording;
	row = find_refusal(line, fields);
	if (!row)
		return SKEP_WORDING_UNKNOWN;
	*number = row->number;
	return SKEP_WORDING_REFUSAL;
}
