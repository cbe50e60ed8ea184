/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "fixer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "verifier/c/program_file.h"

static struct skep_span trim_line(struct skep_span line)
{
	while (line.length &&
	       (line.at[line.length - 1] == '\r' || line.at[line.length - 1] == '\n'))
		line.length--;
	return skep_span_trim(line);
}

size_t skep_fixer_position(const struct skep_fixer *fx, const struct skep_place *place)
{
	size_t at;
	struct skep_span line;

	if (!place->file || !place->text || strcmp(place->file, fx->file))
		return SKEP_NOWHERE;
	at = skep_ctext_line(&fx->text, place->line);
	if (at == SKEP_NOWHERE)
		return SKEP_NOWHERE;
	line = skep_ctext_span(&fx->text, at, skep_ctext_line_end(&fx->text, at));
	if (!skep_span_is(trim_line(line), trim_line(skep_span_of(place->text))))
		return SKEP_NOWHERE;
	return at + skep_ctext_indent(&fx->text, at).length;
}

/* A patch is made for the folder of the sources: what lies below it is named from there. */
static const char *name_for_patch(const struct skep_case *c, const char *file)
{
	AUTO_FREE char *dir = NULL;
	size_t n;

	if (file[0] != '/') {
		while (file[0] == '.' && file[1] == '/')
			file += 2;
		return file;
	}
	dir = realpath(c->request->source_dir, NULL);
	n = dir ? strlen(dir) : 0;
	return n && !strncmp(file, dir, n) && file[n] == '/' ? file + n + 1 : file;
}

#define LINES_COMPARED 128

/* Whether a line of this file that the log quotes on the way reads otherwise: another version of it. */
static bool has_changed(const struct skep_fixer *fx)
{
	const struct skep_path *path = &fx->c->path;
	size_t lines = 0, last = SIZE_MAX;

	for (size_t i = 0; i < path->count && lines < LINES_COMPARED; i++) {
		struct skep_place place;

		if (path->at[i].line == last)
			continue;
		last = path->at[i].line;
		place = skep_place_of_step(fx->c, i);
		if (!place.file || !place.text || strcmp(place.file, fx->file))
			continue;
		lines++;
		if (skep_fixer_position(fx, &place) == SKEP_NOWHERE)
			return true;
	}
	return false;
}

bool skep_fixer_open(struct skep_fixer *fx, const struct skep_case *c, struct skep_diagnostic *d,
		     struct skep_fix *fixes)
{
	const struct skep_place *place = &d->primary;

	*fx = (struct skep_fixer){
		.c = c, .d = d, .arena = c->arena, .statement = -1, .fixes = fixes
	};
	if (!c->request->source_dir || !place->file || !place->line || !place->text)
		return false;
	fx->file = place->file;
	if (skep_ctext_read(&fx->text, c->request->source_dir, fx->file))
		return false;
	fx->name = name_for_patch(c, fx->file);
	fx->at = skep_fixer_position(fx, place);
	if (fx->at == SKEP_NOWHERE || has_changed(fx) ||
	    !skep_cfunction_around(&fx->text, fx->at, &fx->function)) {
		skep_fixer_close(fx);
		return false;
	}
	fx->end = skep_ctext_line_end(&fx->text, fx->at);
	skep_cbody_parse(&fx->text, &fx->function, &fx->body);
	fx->statement = skep_fixer_statement_at(fx, fx->at);
	return !fx->body.failed;
}

bool skep_fixer_open_program(struct skep_fixer *fx, const struct skep_case *c,
			     struct skep_diagnostic *d, struct skep_fix *fixes)
{
	struct skep_program_file file;
	struct skep_cfunction function;

	*fx = (struct skep_fixer){
		.c = c, .d = d, .arena = c->arena, .statement = -1, .fixes = fixes
	};
	if (d->primary.file || c->refused != SKEP_NO_STEP || !skep_program_file_open(c, &file))
		return false;
	fx->text = file.text;
	fx->file = file.refused.file;
	fx->name = name_for_patch(c, fx->file);
	for (size_t at = 0; skep_cfunction_next(&fx->text, &at, &function);)
		if (skep_span_is(function.name, skep_case_program(c)))
			skep_fixer_move(fx, function.body);
	return true;
}

bool skep_fixer_leave_header(struct skep_fixer *fx)
{
	struct skep_span program = skep_case_program(fx->c);
	struct skep_program_file file;
	struct skep_cfunction function;

	for (size_t at = 0; skep_cfunction_next(&fx->text, &at, &function);)
		if (!program.length || skep_span_is(function.name, program))
			return true;
	/* A program that a macro makes is no function to us; but it is in no header. */
	if (!skep_program_file_own(fx->c, &file))
		return strlen(fx->file) > 2 && !strcmp(fx->file + strlen(fx->file) - 2, ".c");
	skep_fixer_close(fx);
	fx->text = file.text;
	fx->file = file.refused.file;
	fx->name = name_for_patch(fx->c, fx->file);
	fx->body = (struct skep_cbody){ .failed = true };
	fx->function = (struct skep_cfunction){ .end = 0 };
	fx->at = fx->end = 0;
	fx->statement = -1;
	return true;
}

void skep_fixer_close(struct skep_fixer *fx)
{
	skep_cbody_free(&fx->body);
	skep_ctext_free(&fx->text);
}

int skep_fixer_step(const struct skep_fixer *fx, size_t step)
{
	struct skep_place place = skep_place_of_step(fx->c, step);
	size_t at = skep_fixer_position(fx, &place);

	return at == SKEP_NOWHERE ? -1 : skep_fixer_statement_at(fx, at);
}

bool skep_fixer_offer(struct skep_fixer *fx, struct skep_changes *changes,
		      enum skep_applicability applicability, const char *text, const char *code)
{
	struct skep_fix fix = { .text = text, .code = code, .applicability = applicability };

	if (fx->count == SKEP_FIXES_MOST)
		return false;
	if (!skep_changes_place(changes, &fx->text, fx->file, fx->arena, &fix))
		return false;
	fix.patch = skep_edits_diff(fix.edits, fix.edit_count, &fx->text, fx->name, fx->arena);
	fx->fixes[fx->count++] = fix;
	return true;
}

void skep_fixer_replace(const struct skep_fixer *fx, struct skep_changes *changes, size_t from,
			size_t end, const char *text)
{
	if (from == SKEP_NOWHERE || end > fx->text.length || end < from)
		changes->failed = true;
	else
		skep_changes_add(changes, from, end - from, text);
}

void skep_fixer_retype(const struct skep_fixer *fx, struct skep_changes *changes,
		       const struct skep_cvariable *variable, const char *type)
{
	size_t at = skep_fixer_offset(fx, variable->type);

	skep_fixer_replace(fx, changes, at, at + variable->type.length, type);
}

bool skep_fixer_variable(const struct skep_fixer *fx, struct skep_span name, size_t at,
			 struct skep_cvariable *variable)
{
	return skep_cvariable_find(&fx->text, &fx->function, &fx->body, name, at, variable);
}

struct skep_span skep_fixer_statement(const struct skep_fixer *fx, int statement)
{
	if (statement < 0)
		return SPAN("");
	return skep_ctext_code(&fx->text, fx->body.at[statement].start, fx->body.at[statement].end);
}

const char *skep_fixer_print(const struct skep_fixer *fx, const char *format, ...)
{
	AUTO_FREE char *text = NULL;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0) {
		text = NULL;
		fx->arena->failed = true;
		return "";
	}
	return skep_arena_copy(fx->arena, (struct skep_span){ text, (size_t)n });
}
