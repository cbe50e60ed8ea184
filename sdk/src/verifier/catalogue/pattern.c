/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "pattern.h"

struct hole {
	char kind; /* r, n, w, s */
	struct skep_span name;
};

/* A hole at the front of a pattern; its end is taken too. */
static bool take_hole(struct skep_span *pattern, struct hole *hole)
{
	struct skep_span rest = *pattern;

	if (skep_take(&rest, SPAN("{reg}"))) {
		*hole = (struct hole){ 'r', SPAN("reg") };
		*pattern = rest;
		return true;
	}
	if (rest.length < 5 || rest.at[0] != '{' || rest.at[2] != ':')
		return false;
	hole->kind = rest.at[1];
	rest = skep_span_from(rest, 3);
	hole->name = skep_span_upto(rest, skep_span_word(rest));
	rest = skep_span_from(rest, hole->name.length);
	if (!skep_take(&rest, SPAN("}")))
		return false;
	*pattern = rest;
	return true;
}

/* R3, arg#1, arg1, args#1, `stack arg1` and *(R11-8): how kernels name what they talk about. */
static size_t register_length(struct skep_span text)
{
	struct skep_span rest = text;
	int64_t number;

	if (skep_take(&rest, SPAN("*(R11-"))) {
		ptrdiff_t end = skep_span_find_char(rest, ')');

		return end < 0 ? 0 : (size_t)(rest.at - text.at) + (size_t)end + 1;
	}
	if (!skep_take(&rest, SPAN("stack arg#")) && !skep_take(&rest, SPAN("stack arg")) &&
	    !skep_take(&rest, SPAN("args#")) && !skep_take(&rest, SPAN("arg#")) &&
	    !skep_take(&rest, SPAN("arg")) && !skep_take(&rest, SPAN("R")))
		return 0;
	if (!rest.length || !skep_is_digit(rest.at[0]) || !skep_take_number(&rest, &number))
		return 0;
	return rest.length && skep_is_word(rest.at[0]) ? 0 : text.length - rest.length;
}

static size_t number_length(struct skep_span text)
{
	struct skep_span rest = text;
	int64_t number;

	return skep_take_number(&rest, &number) ? text.length - rest.length : 0;
}

static size_t word_length(struct skep_span text)
{
	size_t n = 0;

	while (n < text.length && !strchr(" ,;:'()#", text.at[n]))
		n++;
	return n;
}

/* The literal that a pattern goes on with: up to the next hole or the final star. */
static struct skep_span literal(struct skep_span pattern)
{
	size_t n = 0;

	while (n < pattern.length) {
		struct skep_span rest = skep_span_from(pattern, n);
		struct hole hole;

		if ((rest.at[0] == '{' && take_hole(&rest, &hole)) ||
		    (rest.at[0] == '*' && rest.length == 1))
			break;
		n++;
	}
	return skep_span_upto(pattern, n);
}

/* Text of a {s:} hole: up to the literal that follows, from `least` on; -1 where there is none. */
static ptrdiff_t text_length(struct skep_span pattern, struct skep_span line, size_t least)
{
	struct skep_span stop = literal(pattern);
	ptrdiff_t at;

	if (!stop.length)
		return least <= line.length ? (ptrdiff_t)line.length : -1;
	at = least <= line.length ? skep_span_find(skep_span_from(line, least), stop) : -1;
	return at < 0 ? -1 : at + (ptrdiff_t)least;
}

static bool match(struct skep_span pattern, struct skep_span line, struct skep_fields *fields);

/* {s:} is short first, and longer where the rest does not fit. */
static bool match_text(struct skep_span pattern, struct skep_span line, struct skep_span name,
		       struct skep_fields *fields)
{
	size_t known = fields->count, least = 0;

	for (int tries = 0; tries < 16; tries++) {
		ptrdiff_t n = text_length(pattern, line, least);

		if (n < 0)
			return false;
		skep_fields_set(fields, name, skep_span_upto(line, (size_t)n));
		if (match(pattern, skep_span_from(line, (size_t)n), fields))
			return true;
		fields->count = known;
		least = (size_t)n + 1;
	}
	return false;
}

static bool match(struct skep_span pattern, struct skep_span line, struct skep_fields *fields)
{
	while (pattern.length) {
		struct skep_span plain = literal(pattern);
		struct hole hole;
		size_t n;

		if (!skep_take(&line, plain))
			return false;
		pattern = skep_span_from(pattern, plain.length);
		if (!pattern.length || pattern.at[0] == '*')
			break;
		if (!take_hole(&pattern, &hole))
			return false;
		if (hole.kind == 's')
			return match_text(pattern, line, hole.name, fields);
		n = hole.kind == 'r'   ? register_length(line)
		    : hole.kind == 'n' ? number_length(line)
				       : word_length(line);
		if (!n)
			return false;
		skep_fields_set(fields, hole.name, skep_span_upto(line, n));
		line = skep_span_from(line, n);
	}
	return pattern.length || !line.length;
}

bool skep_pattern_match(struct skep_span pattern, struct skep_span line, struct skep_fields *fields)
{
	size_t known = fields->count;

	/* Most patterns fail here: kernels' wordings rarely begin alike. */
	if (pattern.at[0] != '{' && (!line.length || pattern.at[0] != line.at[0]))
		return false;
	if (pattern.at[0] == '{' && pattern.at[1] == 'r' && !register_length(line))
		return false;
	if (match(pattern, line, fields))
		return true;
	fields->count = known;
	return false;
}
