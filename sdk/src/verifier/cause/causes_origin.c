/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Causes that the refused line's own words lead to: where its variable was set, which member of which
 * struct it names, where its number is from. Only where the source is at hand.
 */
#include "verifier/c/c_parse.h"
#include "causes.h"
#include "verifier/c/program_file.h"

#define SETTINGS_MOST 2
#define MEMBERS_MOST  64 /* places of a name that are looked at */

static bool is_named(const struct skep_search *s, unsigned line)
{
	for (size_t i = 0; i < s->c->cause_count; i++)
		if (s->c->causes[i].place.line == line)
			return true;
	return false;
}

bool skep_program_add_once(struct skep_search *s, const struct skep_program_file *f, unsigned line,
			   const char *label)
{
	return !is_named(s, line) && skep_program_add_line(s, f, line, label);
}

/* The name before the first `->`, else the one behind a `*`: what a line reads through. */
static struct skep_span dereferenced(struct skep_span text)
{
	ptrdiff_t arrow = skep_span_find(text, SPAN("->"));
	size_t end, start;

	if (arrow > 0) {
		for (end = (size_t)arrow; end && text.at[end - 1] == ' ';)
			end--;
		for (start = end; start && skep_is_word(text.at[start - 1]);)
			start--;
		return skep_span_upto(skep_span_from(text, start), end - start);
	}
	for (size_t i = 0; i + 1 < text.length; i++) {
		struct skep_span rest = skep_span_from(text, i + 1);
		size_t n = skep_span_word(rest);

		if (text.at[i] == '*' && n && !skep_is_digit(rest.at[0]))
			return skep_span_upto(rest, n);
	}
	return SPAN("");
}

bool skep_program_around(const struct skep_program_file *f, struct skep_cfunction *function,
			 size_t *at)
{
	*at = skep_ctext_line(&f->text, f->refused.line);
	return *at != SKEP_NOWHERE && skep_cfunction_around(&f->text, *at, function);
}

/* The last `name = ` in [from, end); SKEP_NOWHERE. */
size_t skep_program_setting(const struct skep_ctext *text, size_t from, size_t end,
			    struct skep_span name)
{
	size_t last = SKEP_NOWHERE, at = from;

	while (name.length && (at = skep_ctext_find(text, at, end, name)) != SKEP_NOWHERE) {
		size_t next = skep_ctext_skip(text, at + name.length, end);
		char before = at ? text->code[at - 1] : ' ';

		if (next + 1 < end && text->code[next] == '=' && text->code[next + 1] != '=' &&
		    before != '.' && before != '>')
			last = at;
		at += name.length;
	}
	return last;
}

bool skep_program_add_settings(struct skep_search *s, const struct skep_program_file *f)
{
	struct skep_span name = dereferenced(skep_span_of(f->refused.text ? f->refused.text : ""));
	struct skep_cfunction function;
	size_t end;
	int found = 0;

	if (!name.length || !skep_program_around(f, &function, &end))
		return false;
	while (found < SETTINGS_MOST) {
		unsigned line;

		end = skep_program_setting(&f->text, function.body, end, name);
		if (end == SKEP_NOWHERE)
			break;
		line = skep_ctext_line_of(&f->text, end);
		if (is_named(s, line))
			continue;
		if (!skep_program_add_once(
			    s, f, line,
			    skep_arena_printf(
				    s->c->arena, "`%.*s` is set here%s", (int)name.length, name.at,
				    s->c->entry->number == 803 ? ", to another pointer" : "")))
			break;
		found++;
	}
	return found > 0;
}

/* The last name behind a `->` or a dot. */
static struct skep_span last_member(struct skep_span text)
{
	struct skep_span found = SPAN("");

	for (size_t i = 1; i + 1 < text.length; i++) {
		struct skep_span rest = skep_span_from(text, i + 1);
		bool dot = text.at[i] == '.' && skep_is_word(text.at[i - 1]);

		if ((!dot && (text.at[i] != '>' || text.at[i - 1] != '-')) ||
		    skep_is_digit(rest.at[0]))
			continue;
		rest = skep_span_upto(rest, skep_span_word(rest));
		found = rest.length ? rest : found;
	}
	return found;
}

/* Where the only struct of the file that has such a member declares it. */
bool skep_program_add_member(struct skep_search *s, const struct skep_program_file *f)
{
	struct skep_span text = skep_span_of(f->refused.text ? f->refused.text : ""), name;
	ptrdiff_t comma = skep_span_find_char(text, ',');
	size_t at = 0, found = SKEP_NOWHERE;

	/* What is locked or exchanged is the first argument. */
	name = last_member(comma > 0 ? skep_span_upto(text, (size_t)comma) : text);
	for (int tries = 0; name.length && tries < MEMBERS_MOST; tries++) {
		struct skep_cfunction function;
		size_t next;

		at = skep_ctext_find(&f->text, at, f->text.length, name);
		if (at == SKEP_NOWHERE)
			break;
		next = skep_ctext_skip(&f->text, at + name.length, f->text.length);
		if (next < f->text.length && strchr(";[:", f->text.code[next]) && at &&
		    f->text.code[at - 1] != '.' && f->text.code[at - 1] != '>' &&
		    !skep_cfunction_around(&f->text, at, &function)) {
			if (found != SKEP_NOWHERE)
				return false;
			found = at;
		}
		at += name.length;
	}
	return found != SKEP_NOWHERE &&
	       skep_program_add_once(s, f, skep_ctext_line_of(&f->text, found),
				     skep_arena_printf(s->c->arena, "`%.*s` is declared here",
						       (int)name.length, name.at));
}

/* `.task = task` among calls and numbers: the one line of an initialiser that can be a pointer. */
static unsigned find_pointer_member(const struct skep_program_file *f, unsigned line)
{
	unsigned found = 0;

	for (unsigned at = line + 1; at < line + 32; at++) {
		struct skep_span text = skep_program_line(f, at);
		ptrdiff_t equals = skep_span_find_char(text, '=');
		struct skep_span value;

		if (skep_span_starts(text, SPAN("}")))
			return found;
		if (!skep_span_starts(text, SPAN(".")) || equals < 0)
			return 0;
		value = skep_span_trim(skep_span_from(text, (size_t)equals + 1));
		if (!value.length || skep_is_digit(value.at[0]) || value.at[0] == '-' ||
		    skep_span_find_char(value, '(') >= 0)
			continue;
		if (found)
			return 0;
		found = at;
	}
	return 0;
}

/* The compiler names the line on which an initialiser begins. */
bool skep_program_move_initialiser(struct skep_search *s, const struct skep_program_file *f)
{
	for (size_t i = 0; i < s->c->cause_count; i++) {
		struct skep_place *place = &s->c->causes[i].place;
		struct skep_span text = skep_span_of(place->text ? place->text : "");
		unsigned line;

		if (!place->line || text.length < 3 ||
		    !skep_span_is(skep_span_from(text, text.length - 3), SPAN("= {")))
			continue;
		line = find_pointer_member(f, place->line);
		if (!line)
			continue;
		place->line = line;
		place->column = 0;
		place->text = skep_arena_copy(s->c->arena, skep_program_line(f, line));
		return true;
	}
	return false;
}

/* A name that the message has, if the program declares it. */
bool skep_program_add_mentioned(struct skep_search *s, const struct skep_program_file *f)
{
	struct skep_span rest = s->c->message;

	for (int words = 0; rest.length && words < 64; words++) {
		size_t n = 0, at;

		while (n < rest.length && (skep_is_word(rest.at[n]) || rest.at[n] == '$'))
			n++;
		if (n > 2 && !skep_is_digit(rest.at[0]) &&
		    !skep_span_is(skep_span_upto(rest, n), SPAN("Invalid"))) {
			at = (size_t)skep_span_find(
				(struct skep_span){ f->text.code, f->text.length },
				skep_span_upto(rest, n));
			if ((ptrdiff_t)at >= 0)
				return skep_program_add_once(s, f, skep_ctext_line_of(&f->text, at),
							     "the message is about this");
		}
		rest = skep_span_from(rest, n ? n : 1);
	}
	return false;
}
