/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* From the refused line to the one where its values come from: another statement, or the caller. */
#include "fixer.h"
#include "verifier/facts/names.h"

/* Each word of a statement is looked up in the file: what nobody writes by hand is left alone. */
#define STATEMENT_MOST 2048

int skep_fixer_statement_at(const struct skep_fixer *fx, size_t at)
{
	const struct skep_cstatement *s;
	size_t end = fx->function.end;
	int found;

	at = skep_ctext_skip(&fx->text, at, end);
	/* `} else if (...)`: what follows is meant. */
	if (at < end && fx->text.code[at] == '}' &&
	    skep_ctext_is_word(&fx->text, skep_ctext_skip(&fx->text, at + 1, end), SPAN("else")))
		at = skep_ctext_skip(&fx->text, at + 1, end);
	if (skep_ctext_is_word(&fx->text, at, SPAN("else")))
		at = skep_ctext_skip(&fx->text, at + strlen("else"), end);
	found = skep_cbody_find(&fx->body, at);
	if (found < 0)
		return -1;
	s = &fx->body.at[found];
	end = s->head == SKEP_NOWHERE ? s->end : s->head_end;
	return end - s->start > STATEMENT_MOST ? -1 : found;
}

bool skep_fixer_move(struct skep_fixer *fx, size_t at)
{
	struct skep_cfunction function;
	struct skep_cbody body;

	if (at >= fx->text.length)
		return false;
	if (fx->function.head > at || at >= fx->function.end) {
		if (!skep_cfunction_around(&fx->text, at, &function))
			return false;
		skep_cbody_parse(&fx->text, &function, &body);
		if (body.failed) {
			skep_cbody_free(&body);
			return false;
		}
		skep_cbody_free(&fx->body);
		fx->body = body;
		fx->function = function;
	}
	fx->at = at;
	fx->end = skep_ctext_line_end(&fx->text, at);
	fx->statement = skep_fixer_statement_at(fx, at);
	return true;
}

size_t skep_fixer_offset(const struct skep_fixer *fx, struct skep_span span)
{
	if (span.at >= fx->text.code && span.at <= fx->text.code + fx->text.length)
		return (size_t)(span.at - fx->text.code);
	if (span.at >= fx->text.text && span.at <= fx->text.text + fx->text.length)
		return (size_t)(span.at - fx->text.text);
	return SKEP_NOWHERE;
}

/* `name = value;` as a statement by itself. */
static bool is_plain_assignment(const struct skep_fixer *fx, const struct skep_cstatement *s,
				struct skep_span name, struct skep_assignment *assignment)
{
	size_t at = s->start;

	if (!skep_ctext_is_word(&fx->text, at, name))
		return false;
	at = skep_ctext_skip(&fx->text, at + name.length, s->end);
	if (at + 1 >= s->end || fx->text.code[at] != '=' || fx->text.code[at + 1] == '=')
		return false;
	assignment->start = skep_ctext_skip(&fx->text, at + 1, s->end);
	assignment->end = s->end - 1;
	return true;
}

bool skep_fixer_assigned(const struct skep_fixer *fx, struct skep_span name, size_t before,
			 struct skep_assignment *assignment)
{
	for (size_t i = fx->body.count; name.length && i-- > 0;) {
		const struct skep_cstatement *s = &fx->body.at[i];
		struct skep_cvariable v;

		if (s->kind != SKEP_C_PLAIN || s->start >= before)
			continue;
		assignment->statement = (int)i;
		if (is_plain_assignment(fx, s, name, assignment))
			return true;
		if (skep_ctext_find(&fx->text, s->start, s->end, name) == SKEP_NOWHERE ||
		    !skep_cvariable_read(&fx->text, s->start, s->end, name, &v))
			continue;
		assignment->start = v.init;
		assignment->end = v.init_end;
		return v.init != SKEP_NOWHERE;
	}
	return false;
}

/* A call of `name` in [from, end): its parenthesis. */
static size_t find_call(const struct skep_fixer *fx, size_t from, size_t end, struct skep_span name)
{
	while (from < end) {
		size_t at = skep_ctext_find(&fx->text, from, end, name), open;

		if (at == SKEP_NOWHERE)
			break;
		open = skep_ctext_skip(&fx->text, at + name.length, end);
		if (open < end && fx->text.code[open] == '(')
			return open;
		from = at + 1;
	}
	return SKEP_NOWHERE;
}

/* The last line of the path, outside the function, that calls it. */
static size_t find_call_on_path(const struct skep_fixer *fx)
{
	const struct skep_path *path = &fx->c->path;

	for (size_t i = 0; i < path->count && i < 4096; i++) {
		struct skep_span text = skep_source_of_line(&fx->c->lines, path->at[i].line);
		struct skep_place place;
		size_t at, call;

		if (skep_span_find_word(text, fx->function.name) < 0)
			continue;
		place = skep_place_of_step(fx->c, i);
		at = skep_fixer_position(fx, &place);
		if (at == SKEP_NOWHERE || (at >= fx->function.head && at < fx->function.end))
			continue;
		call = find_call(fx, at, skep_ctext_line_end(&fx->text, at), fx->function.name);
		if (call != SKEP_NOWHERE)
			return call;
	}
	return SKEP_NOWHERE;
}

static size_t find_only_call(const struct skep_fixer *fx)
{
	size_t found = SKEP_NOWHERE, at = fx->function.end, call;

	while ((call = find_call(fx, at, fx->text.length, fx->function.name)) != SKEP_NOWHERE) {
		if (found != SKEP_NOWHERE)
			return SKEP_NOWHERE;
		found = call;
		at = call;
	}
	return found;
}

bool skep_fixer_climb(struct skep_fixer *fx, struct skep_span parameter, struct skep_span *argument)
{
	struct skep_span arguments[12];
	struct skep_cvariable v;
	size_t call, count, index = 0;

	while (index < 12 && skep_cvariable_parameter(&fx->text, &fx->function, index, &v) &&
	       !skep_span_is(v.name, parameter))
		index++;
	if (index == 12 || fx->function.section.length || fx->function.macro ||
	    !skep_cvariable_parameter(&fx->text, &fx->function, index, &v))
		return false;
	call = find_call_on_path(fx);
	if (call == SKEP_NOWHERE)
		call = find_only_call(fx);
	if (call == SKEP_NOWHERE)
		return false;
	count = skep_ctext_arguments(&fx->text, call, arguments, 12);
	if (index >= count || !skep_fixer_move(fx, call) || fx->statement < 0)
		return false;
	*argument = arguments[index];
	return true;
}
