/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "fields.h"

void skep_fields_set(struct skep_fields *fields, struct skep_span name, struct skep_span value)
{
	value = skep_span_trim(value);
	if (!value.length || fields->count == SKEP_FIELDS_MOST ||
	    skep_fields_get(fields, name).length)
		return;
	fields->at[fields->count++] = (struct skep_field){ name, value };
}

struct skep_span skep_fields_get(const struct skep_fields *fields, struct skep_span name)
{
	for (size_t i = 0; i < fields->count; i++)
		if (skep_span_is(fields->at[i].name, name))
			return fields->at[i].value;
	return SPAN("");
}

bool skep_fields_number(const struct skep_fields *fields, struct skep_span name, int64_t *number)
{
	struct skep_span value = skep_fields_get(fields, name);

	return skep_take_number(&value, number) && !value.length;
}

static struct skep_span cut_at(struct skep_span *rest, char c)
{
	ptrdiff_t at = skep_span_find_char(*rest, c);
	struct skep_span first = at < 0 ? *rest : skep_span_upto(*rest, (size_t)at);

	*rest = skep_span_from(*rest, at < 0 ? rest->length : (size_t)at + 1);
	return first;
}

static bool agrees(const struct skep_fields *fields, struct skep_span condition)
{
	struct skep_span name = cut_at(&condition, '=');
	struct skep_span value = skep_fields_get(fields, name);

	while (condition.length)
		if (value.length && skep_span_starts(value, cut_at(&condition, '|')))
			return true;
		else if (!value.length)
			return false;
	return false;
}

bool skep_fields_agree(const struct skep_fields *fields, struct skep_span condition)
{
	while (condition.length)
		if (!agrees(fields, cut_at(&condition, ' ')))
			return false;
	return true;
}

/* Where expansion writes; counts only, when there is no room yet. */
struct sink {
	char *at;
	size_t length;
};

static void put(struct sink *sink, struct skep_span text)
{
	if (sink->at && text.length)
		memcpy(sink->at + sink->length, text.at, text.length);
	sink->length += text.length;
}

/* `{name}` or `{name|text}`. Braces that hold anything else are C, and stay. */
static bool take_hole(struct skep_span *text, struct skep_span *name, struct skep_span *other)
{
	struct skep_span rest = skep_span_from(*text, 1);
	size_t n = skep_span_word(rest);
	ptrdiff_t end;

	*name = skep_span_upto(rest, n);
	rest = skep_span_from(rest, n);
	*other = (struct skep_span){ NULL, 0 };
	if (!n || !rest.length || (rest.at[0] != '}' && rest.at[0] != '|'))
		return false;
	end = skep_span_find_char(rest, '}');
	if (end < 0)
		return false;
	if (rest.at[0] == '|')
		*other = skep_span_upto(skep_span_from(rest, 1), (size_t)end - 1);
	*text = skep_span_from(rest, (size_t)end + 1);
	return true;
}

static bool expand(const struct skep_fields *fields, struct skep_span text, struct sink *sink)
{
	while (text.length) {
		ptrdiff_t brace = skep_span_find_char(text, '{');
		struct skep_span name, other, value;

		put(sink, brace < 0 ? text : skep_span_upto(text, (size_t)brace));
		text = skep_span_from(text, brace < 0 ? text.length : (size_t)brace);
		if (!text.length)
			break;
		if (!take_hole(&text, &name, &other)) {
			put(sink, skep_span_upto(text, 1));
			text = skep_span_from(text, 1);
			continue;
		}
		value = skep_fields_get(fields, name);
		if (!value.length && !other.at)
			return false;
		put(sink, value.length ? value : other);
	}
	return true;
}

const char *skep_fields_expand(const struct skep_fields *fields, struct skep_arena *arena,
			       const char *template)
{
	struct skep_span text = skep_span_of(template);
	struct sink sink = { 0 };

	if (!expand(fields, text, &sink))
		return NULL;
	sink.at = skep_arena_alloc(arena, sink.length + 1);
	if (!sink.at)
		return NULL;
	sink.length = 0;
	expand(fields, text, &sink);
	return sink.at;
}
