/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* From a line of the log to a line of the program. */
#include <linux/bpf.h>

#include "verifier/explanation.h"
#include "verifier/object/objinfo.h"
#include "verifier/log/quoted.h"

#define MESSAGE_MOST 1024
#define JUMPS_MOST   256 /* steps that are looked at for a line */

/* clang 14 gives some instructions an empty line 0: the one before it is meant. */
static bool find_source(const struct skep_lines *lines, size_t line, struct skep_quoted *source)
{
	if (line >= lines->count)
		return false;
	for (size_t i = line + 1; i-- > 0;) {
		if (lines->at[i].kind == SKEP_LINE_PROCESSED && i != line)
			return false;
		if (lines->at[i].kind != SKEP_LINE_SOURCE)
			continue;
		*source = skep_quoted_parse(lines->at[i].text);
		if (source->text.length || source->line)
			return true;
	}
	return false;
}

struct skep_span skep_source_of_line(const struct skep_lines *lines, size_t line)
{
	struct skep_quoted source;

	return find_source(lines, line, &source) ? source.text : SPAN("");
}

/*
 * Whether the verifier came back for this step later: then it prints the whole state. Where a comparison
 * is decided it just walks on, and none is printed.
 */
static bool is_taken_up(const struct skep_case *c, size_t step)
{
	const struct skep_step *before = &c->path.at[step + 1];

	if (!c->path.at[step].before.length && !before->insn.next.length)
		return false;
	return skep_insn_is_branch(&before->insn)
		       ? c->path.at[step].insn.number != before->insn.number + 1
		       : skep_span_starts(skep_insn_callee(&before->insn), SPAN("bpf_iter_"));
}

/* Which has one line for all its instructions. */
static bool is_assembly(const struct skep_lines *lines, size_t line)
{
	struct skep_span text = skep_quoted_parse(lines->at[line].text).text;

	return skep_span_starts(text, SPAN("asm")) || skep_span_starts(text, SPAN("__asm"));
}

/*
 * At level 1 kernels take back what they printed of a way that ended well, but still know which line
 * they printed last: where that is also the line of what a branch jumps to, it is not printed again.
 * So what is quoted before a jump need not be the line of what is behind it.
 */
static bool is_cut(const struct skep_case *c, size_t step)
{
	const struct skep_step *at = c->path.at;
	bool jumped = false;

	for (size_t i = step; i < c->path.count && i < step + JUMPS_MOST; i++) {
		bool first = i + 1 == c->path.count;

		for (size_t line = at[i].line; line-- > (first ? 0 : at[i + 1].line);)
			if (c->lines.at[line].kind == SKEP_LINE_SOURCE)
				return jumped && !is_assembly(&c->lines, line);
		jumped |= !first && is_taken_up(c, i);
	}
	return false;
}

/* Another time that the same instruction was walked, behind its line. */
static size_t find_uncut(const struct skep_case *c, size_t line, int number)
{
	struct skep_insn insn;
	size_t looks = 4000, tries = 64;

	for (size_t i = line; i-- > 1 && looks--;)
		if (c->lines.at[i].kind == SKEP_LINE_INSN &&
		    c->lines.at[i - 1].kind == SKEP_LINE_SOURCE) {
			if (!tries--)
				break;
			if (skep_insn_parse(c->lines.at[i].text, &insn) && insn.number == number)
				return i;
		}
	return SIZE_MAX;
}

bool skep_place_is_sure(const struct skep_case *c, size_t step)
{
	return !is_cut(c, step) ||
	       find_uncut(c, c->path.at[step].line, c->path.at[step].insn.number) != SIZE_MAX;
}

static struct skep_place place_in_log(const struct skep_case *c, size_t line)
{
	struct skep_place place = { .insn = -1 };
	struct skep_quoted source;

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

/* What only an object knows: the function, the column, and the line where the log has none. */
static void add_spot(const struct skep_case *c, const struct skep_spot *spot,
		     struct skep_place *place)
{
	const struct skep_objinfo_line *line = skep_objinfo_line_at(c->request->object, spot);

	if (*spot->function->name)
		place->function = skep_arena_copy(c->arena, skep_span_of(spot->function->name));
	if (!line || !line->line || !*line->file)
		return;
	if (!place->line && !place->text) {
		const char *file = skep_objinfo_source(line->file, c->request->source_dir);

		place->line = line->line;
		place->file = skep_arena_copy(c->arena, skep_span_of(file));
		place->text = skep_arena_copy(c->arena, skep_span_of(line->text));
	}
	if (place->line == line->line)
		place->column = line->column;
}

/* The name in quotes, or of a function() of the program, that a message is about. */
static bool find_named(const struct skep_case *c, struct skep_span text, struct skep_spot *spot)
{
	for (size_t i = 0; i < text.length; i++) {
		struct skep_span rest = skep_span_from(text, i);
		size_t word = skep_span_word(rest);
		char before = i ? text.at[i - 1] : ' ', after;

		if (!word || word == rest.length)
			continue;
		after = rest.at[word];
		if (((before == '\'' && after == '\'') || after == '(') &&
		    skep_objinfo_find(c->request->object, skep_span_upto(rest, word), spot))
			return true;
		i += word;
	}
	return false;
}

static bool is_call(const struct skep_objinfo *o, const struct skep_spot *spot)
{
	struct skep_bpf_insn insn;

	return skep_objinfo_insn(o, spot->at, &insn) && insn.code == (BPF_JMP | BPF_CALL);
}

/*
 * A message is about the instruction before it. Before the first one it may name one: of a back
 * edge the call that recurses, or else where the loop begins; or a function.
 */
static bool find_spot(const struct skep_case *c, size_t line, struct skep_spot *spot)
{
	const struct skep_objinfo *o = c->request->object;
	int64_t number;

	for (size_t i = 0; i < c->path.count; i++)
		if (c->path.at[i].line <= line)
			return skep_objinfo_spot(o, c->path.at[i].insn.number, spot);
	if (skep_fields_number(&c->fields, SPAN("from"), &number) &&
	    skep_objinfo_spot(o, number, spot) && is_call(o, spot))
		return true;
	if (skep_fields_number(&c->fields, SPAN("insn"), &number) &&
	    skep_objinfo_spot(o, number, spot))
		return true;
	return line < c->lines.count && c->lines.at[line].kind != SKEP_LINE_SOURCE &&
	       find_named(c, skep_span_upto(c->lines.at[line].text, MESSAGE_MOST), spot);
}

struct skep_place skep_place_of_line(const struct skep_case *c, size_t line)
{
	struct skep_place place = place_in_log(c, line);
	struct skep_spot spot;

	if (c->request->object && find_spot(c, line, &spot))
		add_spot(c, &spot, &place);
	return place;
}

void skep_place_complete(const struct skep_case *c, int64_t insn, struct skep_place *place)
{
	struct skep_spot spot;

	if (c->request->object && skep_objinfo_spot(c->request->object, insn, &spot))
		add_spot(c, &spot, place);
}

struct skep_place skep_place_of_step(const struct skep_case *c, size_t step)
{
	const struct skep_step *s;
	struct skep_place place = { .insn = -1 };
	size_t again;

	if (step >= c->path.count)
		return place;
	s = &c->path.at[step];
	if (step == c->refused || !is_cut(c, step))
		place = place_in_log(c, s->line);
	else if ((again = find_uncut(c, s->line, s->insn.number)) != SIZE_MAX)
		place = place_in_log(c, again);
	skep_place_complete(c, s->insn.number, &place);
	place.insn = s->insn.number;
	place.asm_text = skep_arena_copy(c->arena, s->insn.text);
	return place;
}
