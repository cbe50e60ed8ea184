/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A pointer that may be NULL: the check, behind the assignment or before the use. */
#include "fixer.h"
#include "verifier/facts/names.h"

/* How many statements of the function give the variable a value. */
static int assignments(const struct skep_fixer *fx, struct skep_span name)
{
	int count = 0;

	for (size_t i = 0; i < fx->body.count; i++)
		if (fx->body.at[i].kind == SKEP_C_PLAIN &&
		    skep_span_is(skep_name_assigned(skep_fixer_statement(fx, (int)i)), name))
			count++;
	return count;
}

static bool returns(const struct skep_fixer *fx, int statement)
{
	if (statement < 0)
		return false;
	if (fx->body.at[statement].kind == SKEP_C_BLOCK)
		statement++;
	return (size_t)statement < fx->body.count && fx->body.at[statement].kind == SKEP_C_RETURN;
}

/* `v = lookup(); if (v) return 0;`: the check is the wrong way round. */
static bool turn_check(struct skep_fixer *fx, int assignment, struct skep_span name)
{
	int next = skep_cbody_after(&fx->body, assignment);
	struct skep_changes changes = { .count = 0 };
	const struct skep_cstatement *s = next < 0 ? NULL : &fx->body.at[next];
	struct skep_span inside;
	size_t at;

	if (!s || s->kind != SKEP_C_IF || !returns(fx, s->body) || s->other >= 0)
		return false;
	at = skep_ctext_skip(&fx->text, s->head + 1, s->head_end);
	inside = skep_span_trim(skep_ctext_code(&fx->text, at, s->head_end - 1));
	if (!skep_span_is(inside, name))
		return false;
	skep_fixer_replace(fx, &changes, at, at, "!");
	return skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
				skep_fixer_print(fx,
						 "turn the check round: leave where `%.*s` is NULL",
						 SKEP_TEXT(name)),
				skep_fixer_print(fx, "if (!%.*s)", SKEP_TEXT(name)));
}

/* The condition of an `if` without its parentheses; empty for other statements. */
static struct skep_span condition_of(const struct skep_fixer *fx, int statement)
{
	const struct skep_cstatement *s = statement < 0 ? NULL : &fx->body.at[statement];

	if (!s || s->kind != SKEP_C_IF)
		return SPAN("");
	return skep_span_trim(skep_ctext_code(&fx->text, s->head + 1, s->head_end - 1));
}

/* `b = lookup(); if (!a) return 0;` where `a` was checked so before: the check is meant for `b`. */
static bool rename_check(struct skep_fixer *fx, int assignment, struct skep_span name)
{
	int next = skep_cbody_after(&fx->body, assignment), before;
	struct skep_span same = condition_of(fx, next), other = same;
	struct skep_changes changes = { .count = 0 };
	size_t at;

	if (!skep_take(&other, SPAN("!")) || skep_span_word(other) != other.length ||
	    skep_span_is(other, name) || !returns(fx, fx->body.at[next].body) ||
	    assignments(fx, other) > 1)
		return false;
	for (before = skep_cbody_before(&fx->body, assignment); before >= 0;
	     before = skep_cbody_before(&fx->body, before))
		if (skep_span_is(condition_of(fx, before), same) &&
		    returns(fx, fx->body.at[before].body))
			break;
	if (before < 0)
		return false;
	at = skep_fixer_offset(fx, other);
	skep_fixer_replace(fx, &changes, at, at + other.length, skep_arena_copy(fx->arena, name));
	return skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
				skep_fixer_print(fx, "check `%.*s` here: `%.*s` was checked before",
						 SKEP_TEXT(name), SKEP_TEXT(other)),
				skep_fixer_print(fx, "if (!%.*s)", SKEP_TEXT(name)));
}

/* Where the pointer is set to the best of a loop: it begins as NULL, and its first is the best. */
static bool is_found_in_loop(const struct skep_fixer *fx, struct skep_span name)
{
	int loop = fx->statement;

	while (loop >= 0 && fx->body.at[loop].kind != SKEP_C_LOOP)
		loop = fx->body.at[loop].parent;
	for (size_t i = (size_t)loop + 1; loop >= 0 && i < fx->body.count; i++)
		if (fx->body.at[i].start > fx->at && fx->body.at[i].end <= fx->body.at[loop].end &&
		    fx->body.at[i].kind == SKEP_C_PLAIN &&
		    skep_span_is(skep_name_assigned(skep_fixer_statement(fx, (int)i)), name))
			return true;
	return false;
}

/* `if (b->load < best->load) best = b;`: also where there is none yet. */
static bool take_first(struct skep_fixer *fx, struct skep_span name)
{
	struct skep_span condition = condition_of(fx, fx->statement), inner;
	struct skep_changes changes = { .count = 0 };
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	int body = s->body;

	if (!condition.length || s->other >= 0 || skep_span_find(condition, SPAN("&&")) >= 0 ||
	    skep_span_find(condition, SPAN("||")) >= 0)
		return false;
	if (fx->body.at[body].kind == SKEP_C_BLOCK)
		body++;
	inner = (size_t)body < fx->body.count ? skep_fixer_statement(fx, body) : SPAN("");
	if (!skep_span_is(skep_name_assigned(inner), name))
		return false;
	skep_changes_add(&changes, skep_fixer_offset(fx, condition), 0,
			 skep_fixer_print(fx, "!%.*s || ", SKEP_TEXT(name)));
	return skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(fx, "take the first while `%.*s` is NULL", SKEP_TEXT(name)),
		skep_fixer_print(fx, "if (!%.*s || %.*s)", SKEP_TEXT(name), SKEP_TEXT(condition)));
}

/* On the next line, a declaration that does not need the pointer, and calls nothing. */
static bool declares_other(const struct skep_fixer *fx, int statement, int next,
			   struct skep_span name)
{
	const struct skep_cstatement *s = &fx->body.at[statement], *n = &fx->body.at[next];
	struct skep_cvariable v;

	return n->kind == SKEP_C_PLAIN && !n->lone && n->start < fx->body.at[fx->statement].start &&
	       skep_ctext_line_of(&fx->text, n->start) ==
		       skep_ctext_line_of(&fx->text, s->end) + 1 &&
	       skep_cvariable_read(&fx->text, s->start, s->end, SPAN(""), &v) &&
	       skep_cvariable_read(&fx->text, n->start, n->end, SPAN(""), &v) &&
	       skep_ctext_find(&fx->text, n->start, n->end, name) == SKEP_NOWHERE &&
	       skep_span_find_char(skep_ctext_code(&fx->text, n->start, n->end), '(') < 0;
}

/* A declaration with an empty line behind it: code gets one too. */
static bool ends_declarations(const struct skep_fixer *fx, int statement)
{
	const struct skep_cstatement *s = &fx->body.at[statement];
	size_t next = skep_ctext_line_end(&fx->text, s->end) + 1;
	struct skep_cvariable v;

	return next < fx->text.length && fx->text.text[next] == '\n' &&
	       skep_cvariable_read(&fx->text, s->start, s->end, SPAN(""), &v);
}

static bool check_behind(struct skep_fixer *fx, size_t step, int assignment, struct skep_span name)
{
	int next;
	struct skep_changes changes = { .count = 0 };
	bool sure = true;
	const char *code =
		skep_fixer_leave(fx, step, skep_fixer_print(fx, "!%.*s", SKEP_TEXT(name)), &sure);

	/* Not among declarations, where they can do without. */
	while ((next = skep_cbody_after(&fx->body, assignment)) >= 0 &&
	       declares_other(fx, assignment, next, name))
		assignment = next;
	skep_fixer_behind(fx, &changes, assignment,
			  ends_declarations(fx, assignment) ? skep_fixer_print(fx, "\n%s", code)
							    : code);
	return skep_fixer_offer(
		fx, &changes, sure ? SKEP_FIX_MACHINE : SKEP_FIX_SUGGESTION,
		skep_fixer_print(fx, "check `%.*s` as soon as it is there", SKEP_TEXT(name)), code);
}

static bool check_before(struct skep_fixer *fx, struct skep_span name)
{
	struct skep_changes changes = { .count = 0 };
	bool sure = fx->body.at[fx->statement].kind != SKEP_C_LOOP && !is_found_in_loop(fx, name);
	const char *code = skep_fixer_leave(fx, fx->c->refused,
					    skep_fixer_print(fx, "!%.*s", SKEP_TEXT(name)), &sure);

	if (take_first(fx, name))
		return true;
	skep_fixer_before(fx, &changes, fx->statement, code);
	return skep_fixer_offer(
		fx, &changes, sure ? SKEP_FIX_MACHINE : SKEP_FIX_SUGGESTION,
		skep_fixer_print(fx, "check `%.*s` before it is used", SKEP_TEXT(name)), code);
}

/* The last statement beside the refused one that needs the pointer; -1 where more than those do. */
static int last_use(const struct skep_fixer *fx, struct skep_span name)
{
	int last = fx->statement, parent = fx->body.at[fx->statement].parent;
	size_t end = parent < 0 ? fx->function.end : fx->body.at[parent].end;
	struct skep_cvariable v;

	for (int at = fx->statement; at >= 0; at = skep_cbody_after(&fx->body, at))
		if (skep_ctext_find(&fx->text, fx->body.at[at].start, fx->body.at[at].end, name) !=
		    SKEP_NOWHERE)
			last = at;
	for (int at = fx->statement;; at = skep_cbody_after(&fx->body, at)) {
		const struct skep_cstatement *s = &fx->body.at[at];

		/* What is declared or returned there is needed behind it. */
		if (s->kind == SKEP_C_RETURN || s->kind == SKEP_C_LABEL || s->lone ||
		    skep_cvariable_read(&fx->text, s->start, s->end, SPAN(""), &v))
			return -1;
		if (at == last)
			break;
	}
	return skep_ctext_find(&fx->text, end, fx->function.end, name) == SKEP_NOWHERE ? last : -1;
}

/* Only these statements need the pointer: `if (c) c->hits++;`. */
static void guard(struct skep_fixer *fx, struct skep_span name)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	struct skep_span indent = skep_ctext_indent(&fx->text, s->start);
	int last = s->kind == SKEP_C_PLAIN ? last_use(fx, name) : -1;
	bool braces = last != fx->statement;
	struct skep_changes changes = { .count = 0 };
	const char *code = "", *shown = "";

	if (last < 0)
		return;
	for (size_t line = s->start; line < fx->body.at[last].end;) {
		size_t end = skep_ctext_line_end(&fx->text, line);
		struct skep_span text;

		end = end < fx->body.at[last].end ? end : fx->body.at[last].end;
		text = skep_ctext_span(&fx->text, line, end);
		code = skep_fixer_print(fx, "%s%s%s%.*s", code, *code ? "\n" : "",
					line == s->start   ? "\t"
					: text.length == 0 ? ""
							   : "\t",
					SKEP_TEXT(text));
		skep_take(&text, line == s->start ? SPAN("") : indent);
		shown = skep_fixer_print(fx, "%s\n%s%.*s", shown, text.length ? "\t" : "",
					 SKEP_TEXT(text));
		line = end + 1;
	}
	code = skep_fixer_print(fx, "if (%.*s)%s\n%.*s%s%s%.*s%s", SKEP_TEXT(name),
				braces ? " {" : "", SKEP_TEXT(indent), code, braces ? "\n" : "",
				SKEP_TEXT(braces ? indent : SPAN("")), braces ? "}" : "");
	skep_fixer_replace(fx, &changes, s->start, fx->body.at[last].end, code);
	skep_fixer_offer(fx, &changes, SKEP_FIX_SUGGESTION,
			 skep_fixer_print(fx, "or leave out what needs `%.*s`", SKEP_TEXT(name)),
			 skep_fixer_print(fx, "if (%.*s)%s%s%s", SKEP_TEXT(name),
					  braces ? " {" : "", shown, braces ? "\n}" : ""));
}

/* The end of `a->b` in `a->b->c`, the arrows that follow counted; SKEP_NOWHERE if it is no chain. */
static size_t link_end(const struct skep_fixer *fx, size_t at, size_t end)
{
	at += skep_ctext_word(&fx->text, at).length;
	if (at + 2 >= end || fx->text.code[at] != '-' || fx->text.code[at + 1] != '>')
		return SKEP_NOWHERE;
	at += 2;
	at += skep_ctext_word(&fx->text, at).length;
	if (at + 2 >= end || fx->text.code[at] != '-' || fx->text.code[at + 1] != '>')
		return SKEP_NOWHERE;
	return at;
}

/* `task->mm->owner`: what `task->mm` is is kept in a variable, and checked. */
static bool check_chain(struct skep_fixer *fx)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	size_t end = s->head == SKEP_NOWHERE ? s->end : s->head_end;

	for (size_t at = s->start; at < end && s->kind != SKEP_C_LOOP; at++) {
		struct skep_changes changes = { .count = 0 };
		bool sure = true;
		const char *name, *code;
		size_t stop;

		if (!skep_is_word(fx->text.code[at]) || skep_is_word(fx->text.code[at - 1]))
			continue;
		stop = link_end(fx, at, end);
		if (stop == SKEP_NOWHERE)
			continue;
		name = skep_fixer_fresh(fx, "link");
		code = skep_fixer_print(fx, "__typeof__(%.*s) %s = %.*s;\n%s",
					SKEP_TEXT(skep_ctext_code(&fx->text, at, stop)), name,
					SKEP_TEXT(skep_ctext_code(&fx->text, at, stop)),
					skep_fixer_leave(fx, fx->c->refused,
							 skep_fixer_print(fx, "!%s", name), &sure));
		skep_fixer_before(fx, &changes, fx->statement, code);
		skep_fixer_replace(fx, &changes, at, stop, name);
		return skep_fixer_offer(
			fx, &changes, sure ? SKEP_FIX_MACHINE : SKEP_FIX_SUGGESTION,
			skep_fixer_print(fx, "read `%.*s` once, and check it",
					 SKEP_TEXT(skep_ctext_code(&fx->text, at, stop))),
			code);
	}
	return false;
}

/* The pointer as the refused statement has it. */
static struct skep_span name_here(const struct skep_fixer *fx)
{
	struct skep_span name = skep_fields_get(&fx->c->fields, SPAN("var"));
	struct skep_span text = skep_fixer_statement(fx, fx->statement);
	struct skep_cvariable v;

	if (!name.length || skep_span_find_word(text, name) < 0)
		name = skep_name_dereferenced(text);
	if (name.length && skep_fixer_variable(fx, name, fx->at, &v) && v.stars)
		return name;
	return SPAN("");
}

/*
 * The statement that made the pointer, and if that is the caller's, the caller. Where a function of
 * the program returned it, its caller's variable is meant.
 */
static int go_to_origin(struct skep_fixer *fx, size_t step)
{
	struct skep_place place = skep_place_of_step(fx->c, step);
	size_t at = skep_fixer_position(fx, &place);
	struct skep_cfunction made_in;
	struct skep_cvariable v;

	if (at == SKEP_NOWHERE || !skep_cfunction_around(&fx->text, at, &made_in))
		return -1;
	if (made_in.head == fx->function.head)
		return skep_fixer_statement_at(fx, at);
	for (size_t i = 0; i < 12 && skep_cvariable_parameter(&fx->text, &fx->function, i, &v); i++)
		if (v.stars && skep_fixer_move(fx, at))
			return fx->statement;
	return -1;
}

void skep_fix_null(struct skep_fixer *fx)
{
	const struct skep_case *c = fx->c;
	struct skep_origin origin = { .step = SKEP_NO_STEP };
	struct skep_span name = SPAN("");
	int assignment = -1;
	size_t here = fx->at;
	bool moved;

	if (c->refused == SKEP_NO_STEP || c->reg < 0)
		return;
	origin = skep_story_origin(&c->path, c->refused, c->reg);
	if (origin.kind == SKEP_ORIGIN_CALL || origin.kind == SKEP_ORIGIN_LOAD)
		assignment = go_to_origin(fx, origin.step);
	moved = fx->at != here;
	if (assignment >= 0 && fx->body.at[assignment].kind == SKEP_C_PLAIN &&
	    (moved || assignment != fx->statement))
		name = skep_name_assigned(skep_fixer_statement(fx, assignment));
	if (name.length && (turn_check(fx, assignment, name) || rename_check(fx, assignment, name)))
		return;
	if (name.length && assignments(fx, name) == 1) {
		check_behind(fx, origin.step, assignment, name);
	} else if (skep_fixer_move(fx, here) && fx->statement >= 0) {
		name = name_here(fx);
		if (name.length)
			check_before(fx, name);
		else
			check_chain(fx);
	}
	if (name.length && fx->count && fx->statement >= 0 && fx->at == here)
		guard(fx, name);
}
