/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Puts lines before and behind statements, as their neighbours are laid out. */
#include <stdio.h>
#include <stdlib.h>

#include "fixer.h"

/* One more level of indentation, as the file has it. */
static const char *unit_of(struct skep_span indent)
{
	if (!indent.length || indent.at[0] == '\t')
		return "\t";
	return indent.length == 2 || indent.length == 6 ? "  " : "    ";
}

/* Each line with the indentation, its own tabs being levels; without the last newline. */
static const char *indented(const struct skep_fixer *fx, const char *lines, struct skep_span indent,
			    const char *more)
{
	const char *unit = unit_of(indent), *copy = "";
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (!out) {
		fx->arena->failed = true;
		return copy;
	}
	while (*lines) {
		size_t n = strcspn(lines, "\n");

		if (n)
			fprintf(out, "%.*s%s", SKEP_TEXT(indent), more);
		for (; *lines == '\t'; lines++, n--)
			fputs(unit, out);
		fwrite(lines, 1, n, out);
		lines += n + (lines[n] == '\n');
		if (*lines)
			fputc('\n', out);
	}
	if (fclose(out))
		fx->arena->failed = true;
	else
		copy = skep_arena_copy(fx->arena, (struct skep_span){ text, length });
	free(text);
	return copy;
}

static bool is_first_of_line(const struct skep_fixer *fx, size_t at)
{
	return skep_ctext_skip(&fx->text, skep_ctext_line_start(&fx->text, at), at) == at;
}

static bool is_last_of_line(const struct skep_fixer *fx, size_t at)
{
	size_t end = skep_ctext_line_end(&fx->text, at);

	return skep_ctext_skip(&fx->text, at, end) == end;
}

/* The line that a statement begins with; a `#pragma unroll` above belongs to it. */
static size_t first_line(const struct skep_fixer *fx, size_t at)
{
	size_t line = skep_ctext_line_start(&fx->text, at);

	while (line > 0) {
		size_t above = skep_ctext_line_start(&fx->text, line - 1);
		struct skep_span text = skep_span_trim(skep_ctext_span(&fx->text, above, line));

		if (!skep_span_starts(text, SPAN("#pragma")))
			break;
		line = above;
	}
	return line;
}

static size_t behind_line(const struct skep_fixer *fx, size_t at)
{
	size_t end = skep_ctext_line_end(&fx->text, at);

	return end < fx->text.length ? end + 1 : end;
}

/* The body of an `if` without braces gets them, with `before` and `behind` it. */
static void put_in_braces(const struct skep_fixer *fx, struct skep_changes *changes,
			  const struct skep_cstatement *s, const char *before, const char *behind)
{
	struct skep_span outer = skep_ctext_indent(&fx->text, fx->body.at[s->parent].start);
	bool own_line = is_first_of_line(fx, s->start);
	const char *more = own_line ? "" : unit_of(outer);
	struct skep_span indent = own_line ? skep_ctext_indent(&fx->text, s->start) : outer;

	if (!is_last_of_line(fx, s->end)) {
		changes->failed = true;
		return;
	}
	before = indented(fx, before, indent, more);
	behind = indented(fx, behind, indent, more);
	if (own_line) {
		skep_changes_add(changes, s->lead, 0, " {");
		if (*before)
			skep_changes_add(changes, skep_ctext_line_start(&fx->text, s->start), 0,
					 skep_fixer_print(fx, "%s\n", before));
	} else {
		skep_changes_add(changes, s->lead, s->start - s->lead,
				 skep_fixer_print(fx, " {\n%s%s%.*s%s", before, *before ? "\n" : "",
						  SKEP_TEXT(indent), more));
	}
	skep_changes_add(
		changes, behind_line(fx, s->end), 0,
		skep_fixer_print(fx, "%s%s%.*s}\n", behind, *behind ? "\n" : "", SKEP_TEXT(outer)));
}

static bool is_declaration(const char *lines)
{
	return strncmp(lines, "if (", 4) && strncmp(lines, "bpf_", 4) &&
	       strncmp(lines, "__builtin", 9);
}

void skep_fixer_before(const struct skep_fixer *fx, struct skep_changes *changes, int statement,
		       const char *lines)
{
	const struct skep_cstatement *s = statement < 0 ? NULL : &fx->body.at[statement];
	int above = s ? skep_cbody_before(&fx->body, statement) : -1;
	struct skep_span indent;

	if (!s || s->kind == SKEP_C_LABEL) {
		changes->failed = true;
		return;
	}
	if (s->lone) {
		put_in_braces(fx, changes, s, lines, "");
		return;
	}
	indent = skep_ctext_indent(&fx->text, s->start);
	/* C17 has no declaration right behind a label. */
	if (above >= 0 && fx->body.at[above].kind == SKEP_C_LABEL && is_declaration(lines))
		lines = skep_fixer_print(fx, ";\n%s", lines);
	lines = indented(fx, lines, indent, "");
	if (is_first_of_line(fx, s->start))
		skep_changes_add(changes, first_line(fx, s->start), 0,
				 skep_fixer_print(fx, "%s\n", lines));
	else
		skep_changes_add(changes, s->start, 0,
				 skep_fixer_print(fx, "\n%s\n%.*s", lines, SKEP_TEXT(indent)));
}

/* An `if` that asks and does nothing else: no call, no assignment. */
static bool only_asks(const struct skep_fixer *fx, const struct skep_cstatement *s)
{
	if (s->kind != SKEP_C_IF || s->other >= 0)
		return false;
	for (size_t at = s->head + 1; at + 1 < s->head_end; at++) {
		char c = fx->text.code[at], before = fx->text.code[at - 1];

		if ((c == '(' && skep_is_word(before)) || (c == '+' && before == '+') ||
		    (c == '-' && before == '-') ||
		    (c == '=' && !strchr("=!<>", before) && fx->text.code[at + 1] != '='))
			return false;
	}
	return true;
}

void skep_fixer_remove(const struct skep_fixer *fx, struct skep_changes *changes, int statement)
{
	const struct skep_cstatement *s = &fx->body.at[statement];
	size_t start, end;

	while (s->lone && s->parent >= 0 && only_asks(fx, &fx->body.at[s->parent]))
		s = &fx->body.at[s->parent];
	start = skep_ctext_line_start(&fx->text, s->start);
	end = skep_ctext_line_end(&fx->text, s->end);
	if (s->lone)
		skep_fixer_replace(fx, changes, s->start, s->end, ";");
	else if (skep_ctext_skip(&fx->text, start, s->start) != s->start ||
		 skep_ctext_skip(&fx->text, s->end, end) != end || end == fx->text.length)
		changes->failed = true;
	else
		skep_fixer_replace(fx, changes, start, end + 1, "");
}

void skep_fixer_behind(const struct skep_fixer *fx, struct skep_changes *changes, int statement,
		       const char *lines)
{
	const struct skep_cstatement *s = statement < 0 ? NULL : &fx->body.at[statement];
	struct skep_span indent;

	if (!s) {
		changes->failed = true;
		return;
	}
	if (s->lone) {
		put_in_braces(fx, changes, s, "", lines);
		return;
	}
	indent = skep_ctext_indent(&fx->text, s->start);
	lines = indented(fx, lines, indent, "");
	if (is_last_of_line(fx, s->end))
		skep_changes_add(changes, behind_line(fx, s->end), 0,
				 skep_fixer_print(fx, "%s\n", lines));
	else
		skep_changes_add(changes, s->end, 0,
				 skep_fixer_print(fx, "\n%s\n%.*s", lines, SKEP_TEXT(indent)));
}
