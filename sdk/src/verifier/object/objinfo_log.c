/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A log with the lines of source that an object tells, as kernels from 6.10 on write it themselves:
 * `; c->hits++; @ x.bpf.c:11` before the first instruction of a line. So what reads logs needs not
 * know where a line came from.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "verifier/explanation.h"
#include "objinfo.h"
#include "verifier/log/quoted.h"
#include "verifier/log/unwrap.h"

#define ADDED_MOST   ((size_t)16 << 20) /* of a long log the end is what matters */
#define TEXT_MOST    1000
#define FILES_MOST   8
#define NEAR_ACCESS  8   /* instructions from an offset to its access */
#define REPORTS_MOST 256 /* places of a report; it has a handful */

struct writer {
	const struct skep_objinfo *o;
	char *at; /* NULL: only counts */
	size_t bytes;
	size_t added; /* of it what the object told */
	size_t skip;  /* so much of that is left out, from the beginning */
	const struct skep_objinfo_line *current;
	struct skep_span quoted; /* a line of source that waits for its instruction, whole */
	const char *source_dir;
	struct {
		const char *told, *name; /* as the object has it, and as it is found here */
	} files[FILES_MOST];
	size_t file_count;
	unsigned reports;
};

static void put(struct writer *w, const char *text, size_t bytes)
{
	if (w->at && bytes)
		memcpy(w->at + w->bytes, text, bytes);
	w->bytes += bytes;
}

static void flush_quoted(struct writer *w)
{
	put(w, w->quoted.at, w->quoted.length);
	w->quoted.length = 0;
}

/* Asks the file system once for each of the first few files. */
static const char *name_of_file(struct writer *w, const char *told)
{
	const char *name;

	for (size_t i = 0; i < w->file_count; i++)
		if (w->files[i].told == told)
			return w->files[i].name;
	if (w->file_count == FILES_MOST)
		return told;
	name = skep_objinfo_source(told, w->source_dir);
	w->files[w->file_count].told = told;
	w->files[w->file_count++].name = name;
	return name;
}

/* Objects may hold anything, and this is to stay one line. */
static bool put_line(struct writer *w, const struct skep_objinfo_line *line)
{
	char text[2 * TEXT_MOST + 64];
	int length = snprintf(text, sizeof(text), "; %.*s @ %.*s:%u", TEXT_MOST, line->text,
			      TEXT_MOST, name_of_file(w, line->file), line->line);

	for (int i = 0; i < length; i++)
		if ((unsigned char)text[i] < ' ')
			text[i] = ' ';
	text[length++] = '\n';
	w->added += (size_t)length;
	if (w->added <= w->skip)
		return false;
	put(w, text, (size_t)length);
	return true;
}

/*
 * An instruction's number; -1 for other lines. libbpf writes `8: <invalid CO-RE relocation>` and
 * the like in place of an instruction that it made a call of nothing.
 */
static int64_t number_of(struct skep_span bare, enum skep_line_kind kind)
{
	struct skep_insn insn;
	int64_t number;

	if (kind == SKEP_LINE_INSN)
		return skep_insn_parse(bare, &insn) ? insn.number : -1;
	if (kind == SKEP_LINE_TEXT && skep_take_number(&bare, &number) &&
	    skep_span_starts(bare, SPAN(": <invalid ")))
		return number;
	return -1;
}

/*
 * What a field is called in `failed to resolve CO-RE relocation <byte_off> [7] struct a.b.c (0:1`:
 * `c`; empty for other lines.
 */
static struct skep_span missing_field(struct skep_span text)
{
	struct skep_span field = { 0 };

	if (!skep_take(&text, SPAN("failed to resolve CO-RE relocation <")))
		return field;
	for (size_t i = 0; i < text.length && i < TEXT_MOST && text.at[i] != '('; i++) {
		struct skep_span word = skep_span_from(text, i);

		if (i && (text.at[i - 1] == '.' || text.at[i - 1] == ':'))
			field = skep_span_upto(word, skep_span_word(word));
	}
	return field;
}

/* Of the line behind `bytes` of a log. */
static struct skep_span field_behind(struct skep_span log, size_t bytes)
{
	struct skep_span rest = skep_span_from(log, bytes);
	ptrdiff_t newline = skep_span_find_char(rest, '\n');

	return missing_field(
		skep_unwrap(newline < 0 ? rest : skep_span_upto(rest, (size_t)newline)));
}

static bool has(const struct skep_objinfo_line *line, struct skep_span field)
{
	return skep_span_find(skep_span_of(line->text), field) >= 0;
}

/*
 * The line of an access that CO-RE cannot do. Its offset is a constant, which compilers put before
 * the access, and which has the line of whatever stands before it: then one of the next lines has
 * the field.
 */
static const struct skep_objinfo_line *line_of_access(const struct skep_objinfo *o, int64_t number,
						      struct skep_span field)
{
	const struct skep_objinfo_line *first = NULL, *line;
	struct skep_spot spot;

	for (int64_t i = number; i < number + NEAR_ACCESS && skep_objinfo_spot(o, i, &spot); i++) {
		line = skep_objinfo_line_at(o, &spot);
		if (line && line->line && has(line, field))
			return line;
		first = first ? first : line;
	}
	return first;
}

/* `field`: of which the log says that this instruction lacks it; mostly empty. */
static void put_source(struct writer *w, int64_t number, struct skep_span field)
{
	const struct skep_objinfo_line *line = NULL;
	struct skep_quoted quoted = { 0 };
	struct skep_spot spot;

	if (w->quoted.length)
		quoted = skep_quoted_parse(skep_unwrap(w->quoted));
	if (field.length)
		line = line_of_access(w->o, number, field);
	else if (skep_objinfo_spot(w->o, number, &spot))
		line = skep_objinfo_line_at(w->o, &spot);
	if (field.length && line && has(line, field))
		w->quoted.length = 0;
	if (!line || (quoted.file.length && quoted.line != line->line)) {
		flush_quoted(w);
	} else if (!line->line || !*line->file) {
		/* What the compiler made by itself belongs to the line before it. */
		flush_quoted(w);
		return;
	} else if (w->quoted.length || line != w->current) {
		if (!put_line(w, line))
			flush_quoted(w);
		w->quoted.length = 0;
	}
	w->current = line;
}

static bool is_file(const char *told, struct skep_span name)
{
	const char *slash = strrchr(told, '/');

	return skep_span_is(skep_span_of(slash ? slash + 1 : told), name);
}

/* Takes `:number` off the end. */
static bool take_last(struct skep_span *text, int64_t *number)
{
	size_t end = text->length;
	struct skep_span last;

	while (end > 0 && skep_is_digit(text->at[end - 1]))
		end--;
	last = skep_span_from(*text, end);
	if (!end || text->at[end - 1] != ':' || !skep_take_number(&last, number))
		return false;
	*text = skep_span_upto(*text, end - 1);
	return true;
}

/*
 * `on_exec @ x.bpf.c:11:2`, of the report of Linux 7.3: kernels keep the last part of a file's name
 * only. Puts the whole one; false where it is not such a line, or not one of the object.
 */
static bool put_report(struct writer *w, struct skep_span whole, struct skep_span bare)
{
	ptrdiff_t at = skep_span_find(bare, SPAN(" @ "));
	struct skep_span file = skep_span_from(bare, (size_t)at + 3);
	int64_t line, column;

	if (at < 1 || (size_t)at != skep_span_word(bare) || !take_last(&file, &column) ||
	    !take_last(&file, &line) || skep_span_find_char(file, '/') >= 0 ||
	    w->reports++ >= REPORTS_MOST)
		return false;
	for (size_t i = 0; i < w->o->line_count; i++) {
		const struct skep_objinfo_line *l = &w->o->lines[i];
		const char *name;

		if (l->line != line || l->column != column || !is_file(l->file, file))
			continue;
		name = name_of_file(w, l->file);
		put(w, whole.at, (size_t)(file.at - whole.at));
		put(w, name, strlen(name));
		put(w, file.at + file.length,
		    whole.length - (size_t)(file.at - whole.at) - file.length);
		return true;
	}
	return false;
}

static void write_log(struct writer *w, struct skep_span log)
{
	while (log.length) {
		ptrdiff_t newline = skep_span_find_char(log, '\n');
		struct skep_span whole =
			newline < 0 ? log : skep_span_upto(log, (size_t)newline + 1);
		struct skep_span bare =
			skep_unwrap(newline < 0 ? whole : skep_span_upto(log, (size_t)newline));
		enum skep_line_kind kind = skep_line_kind(bare);
		int64_t number = number_of(bare, kind);

		if (number >= 0)
			put_source(w, number,
				   kind == SKEP_LINE_TEXT ? field_behind(log, whole.length)
							  : (struct skep_span){ 0 });
		else
			flush_quoted(w);
		if (kind == SKEP_LINE_SOURCE)
			w->quoted = whole;
		else if (kind != SKEP_LINE_TEXT || !put_report(w, whole, bare))
			put(w, whole.at, whole.length);
		log = skep_span_from(log, whole.length);
	}
	flush_quoted(w);
}

char *skep_objinfo_annotate(const struct skep_request *request, struct skep_span log, size_t *bytes,
			    int *err)
{
	const struct skep_objinfo *o = request->object;
	struct writer w = { .o = o, .source_dir = request->source_dir };
	char *text;

	*err = skep_objinfo_match(o, log, request->program);
	if (*err || !o->found->layout || !o->line_count)
		return NULL;
	write_log(&w, log);
	text = malloc(w.bytes + 1);
	*err = text ? 0 : -ENOMEM;
	if (!text)
		return NULL;
	w.skip = w.added > ADDED_MOST ? w.added - ADDED_MOST : 0;
	w.bytes = w.added = 0;
	w.reports = 0;
	w.current = NULL;
	w.at = text;
	write_log(&w, log);
	*bytes = w.bytes;
	return text;
}
