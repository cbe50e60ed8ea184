/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Which lines of source cost the verifier most: how often a log of level 2 shows one of their
 * instructions. The whole log is read, in pieces, and nothing of it is kept but the counts.
 */
#include <errno.h>
#include <stdlib.h>

#include "cost_tally.h"
#include "verifier/explanation.h"
#include "verifier/object/objinfo.h"
#include "verifier/log/unwrap.h"

#define CHUNK       ((size_t)1 << 18)
#define LINES_MOST  ((size_t)256)
#define PIECES_MOST ((size_t)2048)        /* lines or instructions, before they are put together */
#define BYTES_MOST  ((uint64_t)256 << 20) /* of a larger log the end is enough, and quick */

static bool says_level_2(struct skep_span line)
{
	return skep_span_starts(line, SPAN("mark_precise: ")) ||
	       skep_span_starts(line, SPAN("last_idx ")) ||
	       skep_span_starts(line, SPAN("Live regs before insn"));
}

/* `func#1 @12`: where a function begins. */
static void take_function(struct skep_tally *tally, struct skep_span line)
{
	int64_t number, start;

	if (!skep_take(&line, SPAN("func#")) || !skep_take_number(&line, &number) ||
	    !skep_take(&line, SPAN(" @")) || !skep_take_number(&line, &start))
		return;
	tally->level_2 = true;
	skep_tally_function(tally, number, start);
}

/* `12: (85) call pc+7`: which function calls which. */
static void take_call(struct skep_tally *tally, uint32_t insn, struct skep_span text)
{
	int64_t jump;

	if (skep_take(&text, SPAN("call pc")) && skep_take_number(&text, &jump))
		skep_tally_call(tally, insn, (int64_t)insn + 1 + jump);
}

static bool take_insn_number(struct skep_span *line, uint32_t *insn)
{
	size_t n = 0;

	/* By hand: this is what nearly every line comes to. */
	for (*insn = 0; n < line->length && n < 8 && skep_is_digit(line->at[n]); n++)
		*insn = *insn * 10 + (uint32_t)(line->at[n] - '0');
	*line = skep_span_from(*line, n);
	return n;
}

/* `12: (b7) r1 = 0`, `12: safe`; other lines that begin so are states. */
static int take_insn(struct skep_tally *tally, struct skep_span line, uint64_t offset)
{
	uint32_t insn;
	int err;

	if (!take_insn_number(&line, &insn) || line.length < 6 || line.at[0] != ':' ||
	    line.at[1] != ' ')
		return 0;
	if (line.at[2] == 's')
		return skep_span_starts(line, SPAN(": safe")) ? skep_tally_pruned(tally, insn) : 0;
	if (line.at[2] != '(' || line.at[5] != ')') {
		tally->listing = false;
		return 0;
	}
	if (tally->listing)
		return 0;
	err = skep_tally_insn(tally, insn, offset);
	if (line.at[3] == '8' && line.at[4] == '5')
		take_call(tally, insn, skep_span_from(line, 7));
	return err;
}

/* `from 7 to 10: safe`: the way ends at an instruction that was looked at, but not printed. */
static int take_from(struct skep_tally *tally, struct skep_span line)
{
	int64_t from;
	uint32_t to;

	if (!skep_take(&line, SPAN("from ")) || !skep_take_number(&line, &from) ||
	    !skep_take(&line, SPAN(" to ")) || !take_insn_number(&line, &to))
		return 0;
	skep_take(&line, SPAN(" (speculative execution)"));
	return skep_span_starts(line, SPAN(": safe")) ? skep_tally_pruned(tally, to) : 0;
}

/* Linux 7.3 prints the whole program, once for each of its analyses, before it walks it. */
static bool begins_listing(struct skep_span line)
{
	return skep_span_starts(line, SPAN("subprog#")) ||
	       skep_span_starts(line, SPAN("stack use/def "));
}

static int take_line(struct skep_tally *tally, struct skep_span line, uint64_t offset)
{
	if (!line.length)
		return 0;
	/* Where lines come bare, none has to be looked at for what is put around it. */
	if (!tally->bare || line.at[0] == ' ' || line.at[0] == '\t')
		line = skep_unwrap(line);
	if (!line.length)
		return 0;
	if (skep_is_digit(line.at[0]))
		return take_insn(tally, line, offset);
	tally->listing = begins_listing(line);
	if (line.at[0] == ';')
		return skep_line_kind(line) == SKEP_LINE_SOURCE ? skep_tally_source(tally, line)
								: 0;
	if (line.at[0] == 'f') {
		take_function(tally, line);
		return take_from(tally, line);
	}
	if (!tally->level_2)
		tally->level_2 = says_level_2(line);
	return 0;
}

/* All whole lines of a chunk; how many bytes they have. */
static int take_chunk(struct skep_tally *tally, const char *text, size_t bytes, uint64_t offset,
		      size_t *done)
{
	const char *at = text, *end = text + bytes;
	int err = 0;

	while (!err && at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t length;

		if (!newline)
			break;
		length = (size_t)(newline - at);
		err = take_line(tally, (struct skep_span){ at, length },
				offset + (uint64_t)(at - text));
		if (!tally->bare && tally->shown && skep_is_digit(*at))
			tally->bare = true;
		at = newline + 1;
	}
	*done = (size_t)(at - text);
	return err;
}

static int read_log(struct skep_tally *tally, struct skep_source *source, uint64_t from,
		    uint64_t to)
{
	while (from < to) {
		size_t bytes = to - from < CHUNK ? (size_t)(to - from) : CHUNK, done;
		const char *text = skep_source_window(source, from, &bytes);
		int err;

		if (!text)
			return -EIO;
		if (!bytes)
			break;
		err = take_chunk(tally, text, bytes, from, &done);
		if (err)
			return err;
		if (!done && from + bytes >= to)
			break;               /* the last line has no end: the log was cut there */
		from += done ? done : bytes; /* a line beyond all measure: skipped */
	}
	return 0;
}

/* The line as places.c reads it. */
static struct skep_place place_of(const struct skep_tally_line *line, struct skep_explanation *out,
				  const struct skep_request *request)
{
	struct skep_line text = { line->source, SKEP_LINE_SOURCE };
	struct skep_case c = { .arena = &out->arena,
			       .request = request,
			       .lines = { .at = &text, .count = 1 } };
	struct skep_place place = { .insn = -1 }, told = { .insn = -1 };

	if (line->source.length)
		place = skep_place_of_line(&c, 0);
	/* Where the log has the text alone, the object has all of it. */
	if (!place.line)
		skep_place_complete(&c, line->insn, &told);
	if (told.line)
		place = told;
	place.insn = line->insn;
	return place;
}

static const char *asm_text(struct skep_explanation *out, struct skep_source *source,
			    uint64_t offset)
{
	size_t bytes = 256;
	const char *text = skep_source_window(source, offset, &bytes);
	struct skep_span line = { text, bytes };
	struct skep_insn insn;
	ptrdiff_t newline = text ? skep_span_find_char(line, '\n') : -1;

	if (newline < 0)
		return NULL;
	line = skep_unwrap(skep_span_upto(line, (size_t)newline));
	return skep_insn_parse(line, &insn) ? skep_arena_copy(&out->arena, insn.text) : NULL;
}

static bool is_same_line(const struct skep_place *a, const struct skep_place *b)
{
	return a->line && a->line == b->line && a->file && b->file && !strcmp(a->file, b->file);
}

static int by_cost(const void *a, const void *b)
{
	const struct skep_line_cost *one = a, *other = b;

	if (one->insns != other->insns)
		return one->insns < other->insns ? 1 : -1;
	return one->place.insn - other->place.insn;
}

/* Where the object told the lines, the log's pieces may be several of one line. How many are left. */
static size_t merge(struct skep_line_cost *lines, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		size_t at = 0;

		while (at < kept && !is_same_line(&lines[at].place, &lines[i].place))
			at++;
		if (at < kept)
			lines[at].insns += lines[i].insns;
		else
			lines[kept++] = lines[i];
	}
	qsort(lines, kept, sizeof(*lines), by_cost);
	return kept < LINES_MOST ? kept : LINES_MOST;
}

static void add_lines(struct skep_explanation *out, struct skep_cost *cost,
		      struct skep_tally *tally, struct skep_source *source,
		      const struct skep_request *request)
{
	struct skep_tally_line *found;
	size_t count = skep_tally_lines(tally, &found);
	struct skep_line_cost *lines;

	if (count > PIECES_MOST)
		count = PIECES_MOST;
	lines = count ? skep_arena_alloc(&out->arena, count * sizeof(*lines)) : NULL;
	for (size_t i = 0; lines && i < count; i++) {
		lines[i].place = place_of(&found[i], out, request);
		lines[i].place.asm_text = asm_text(out, source, found[i].offset);
		lines[i].insns = found[i].insns;
	}
	free(found);
	cost->lines = lines;
	cost->line_count = lines ? merge(lines, count) : 0;
}

/*
 * A log of level 1 has the last path only: of a program that was accepted it says nothing about the
 * others; of one that went on for too long it shows where. At level 1 the paths that end at a known
 * state are taken back, but for the last of each function.
 */
static bool is_representative(const struct skep_tally *tally, const struct skep_cost *cost)
{
	return cost->refused || tally->level_2 || tally->pruned > 16 ||
	       tally->shown >= cost->insns / 2;
}

int skep_cost_count(struct skep_explanation *out, struct skep_source *source, uint64_t from,
		    uint64_t to, const struct skep_request *request)
{
	struct skep_costs *last;
	struct skep_tally tally = { .arena = &out->arena };
	struct skep_cost *cost;
	int err;

	if (out->last_cost == &out->first_cost)
		return 0;
	last = (struct skep_costs *)((char *)out->last_cost - offsetof(struct skep_costs, next));
	cost = &last->cost;
	if (to - from > BYTES_MOST)
		from = to - BYTES_MOST;
	err = read_log(&tally, source, from, to);
	cost->insns_shown = tally.shown;
	if (!cost->stack)
		cost->stack = skep_tally_stack(&tally, cost->stacks, cost->stack_count);
	if (!err && is_representative(&tally, cost))
		add_lines(out, cost, &tally, source, request);
	skep_tally_free(&tally);
	return err ? err : (out->arena.failed ? -ENOMEM : 0);
}
