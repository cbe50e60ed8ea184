/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* From a line of the log to a line of the program. */
#include "explanation.h"
#include "story.h"

struct source {
	struct skep_span text, file;
	int64_t line;
};

/* `; c->hits++; @ x.bpf.c:11`, and without a place up to Linux 6.9. */
static struct source parse_source(struct skep_span line)
{
	struct source source = { .text = skep_span_trim(skep_span_from(line, 1)) };
	struct skep_span rest = source.text;
	ptrdiff_t at = -1;

	for (size_t from = 0; from < rest.length;) {
		ptrdiff_t next = skep_span_find(skep_span_from(rest, from), SPAN("@ "));

		if (next < 0)
			break;
		at = (ptrdiff_t)from + next;
		from = (size_t)at + 1;
	}
	if (at < 0)
		return source;
	rest = skep_span_from(rest, (size_t)at + 2);
	for (size_t i = rest.length; i-- > 0;) {
		struct skep_span number = skep_span_from(rest, i + 1);

		if (rest.at[i] != ':' || !skep_take_number(&number, &source.line) || number.length)
			continue;
		source.file = skep_span_upto(rest, i);
		source.text = skep_span_trim(skep_span_upto(source.text, (size_t)at));
		break;
	}
	return source;
}

/* clang 14 gives some instructions an empty line 0: the one before it is meant. */
static bool find_source(const struct skep_lines *lines, size_t line, struct source *source)
{
	if (line >= lines->count)
		return false;
	for (size_t i = line + 1; i-- > 0;) {
		if (lines->at[i].kind == SKEP_LINE_PROCESSED && i != line)
			return false;
		if (lines->at[i].kind != SKEP_LINE_SOURCE)
			continue;
		*source = parse_source(lines->at[i].text);
		if (source->text.length || source->line)
			return true;
	}
	return false;
}

struct skep_span skep_source_of_line(const struct skep_lines *lines, size_t line)
{
	struct source source;

	return find_source(lines, line, &source) ? source.text : SPAN("");
}

struct skep_place skep_place_of_line(const struct skep_case *c, size_t line)
{
	struct skep_place place = { .insn = -1 };
	struct source source;

	if (!find_source(&c->lines, line, &source))
		return place;
	if (source.file.length)
		place.file = skep_arena_copy(c->arena, source.file);
	if (source.line > 0 && source.line < UINT32_MAX)
		place.line = (unsigned)source.line;
	if (source.text.length)
		place.text = skep_arena_copy(c->arena, source.text);
	return place;
}

struct skep_place skep_place_of_step(const struct skep_case *c, size_t step)
{
	const struct skep_step *s;
	struct skep_place place = { .insn = -1 };

	if (step >= c->path.count)
		return place;
	s = &c->path.at[step];
	place = skep_place_of_line(c, s->line);
	place.insn = s->insn.number;
	place.asm_text = skep_arena_copy(c->arena, s->insn.text);
	return place;
}
