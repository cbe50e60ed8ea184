/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What is given back twice: `submit` behind a `discard` that was to be the end of it. */
#include "fixer.h"
#include "verifier/facts/names.h"
#include "verifier/facts/release.h"

/* The variable that a statement gives back; empty where it does not. */
static struct skep_span given_back(const struct skep_fixer *fx, int statement,
				   struct skep_span call)
{
	const struct skep_cstatement *s = &fx->body.at[statement];
	struct skep_span argument;
	size_t at = skep_ctext_find(&fx->text, s->start, s->end, call);

	if (at != s->start || fx->text.code[at + call.length] != '(' ||
	    !skep_ctext_arguments(&fx->text, at + call.length, &argument, 1))
		return SPAN("");
	skep_take(&argument, SPAN("&"));
	return skep_span_word(argument) == argument.length ? argument : SPAN("");
}

/* The statement of this function that gave the variable back before, on the path; -1. */
static int find_first(const struct skep_fixer *fx, struct skep_span name)
{
	const struct skep_path *path = &fx->c->path;

	for (size_t i = fx->c->refused + 1; i < path->count && i < fx->c->refused + 4096; i++) {
		struct skep_span call = skep_insn_callee(&path->at[i].insn);
		int statement;

		if (!call.length)
			continue;
		statement = skep_fixer_step(fx, i);
		if (statement < 0)
			continue;
		if (skep_span_is(skep_name_assigned(skep_fixer_statement(fx, statement)), name))
			return -1;
		if (skep_release_ends(call) && statement != fx->statement &&
		    fx->body.at[statement].kind == SKEP_C_PLAIN &&
		    skep_span_is(given_back(fx, statement, call), name))
			return statement;
	}
	return -1;
}

static bool is_in_loop(const struct skep_fixer *fx, int statement)
{
	for (int up = fx->body.at[statement].parent; up >= 0; up = fx->body.at[up].parent)
		if (fx->body.at[up].kind == SKEP_C_LOOP)
			return true;
	return false;
}

/* What ran before the second on every way to it: a sibling of it, or of what it is in. */
static bool always_before(const struct skep_fixer *fx, int first, int second)
{
	for (int at = second; at >= 0; at = fx->body.at[at].parent)
		for (int p = skep_cbody_before(&fx->body, at); p >= 0;
		     p = skep_cbody_before(&fx->body, p))
			if (p == first)
				return true;
	return false;
}

/* The branch that gives it back ends there. */
static void leave_behind(struct skep_fixer *fx, int first, struct skep_span name)
{
	const struct skep_cstatement *s = &fx->body.at[first];
	struct skep_changes changes = { .count = 0 };
	const char *code = skep_fixer_return(fx);
	bool sure = !skep_fixer_holds(fx, fx->c->refused) && !is_in_loop(fx, first) &&
		    skep_cbody_after(&fx->body, first) < 0;

	skep_fixer_behind(fx, &changes, first, code);
	skep_fixer_offer(fx, &changes, sure ? SKEP_FIX_MACHINE : SKEP_FIX_SUGGESTION,
			 skep_fixer_print(fx, "leave behind the first, which gives `%.*s` away",
					  SKEP_TEXT(name)),
			 skep_fixer_print(fx, "%.*s\n%s",
					  SKEP_TEXT(skep_ctext_span(&fx->text, s->start, s->end)),
					  code));
}

static void remove_second(struct skep_fixer *fx, struct skep_span name)
{
	struct skep_changes changes = { .count = 0 };

	skep_fixer_remove(fx, &changes, fx->statement);
	skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(fx, "do not give `%.*s` back a second time", SKEP_TEXT(name)),
		NULL);
}

void skep_fix_again(struct skep_fixer *fx)
{
	struct skep_span call, name;
	int first;

	if (fx->statement < 0 || fx->c->refused == SKEP_NO_STEP)
		return;
	call = skep_insn_callee(&fx->c->path.at[fx->c->refused].insn);
	if (!skep_release_ends(call) || fx->body.at[fx->statement].kind != SKEP_C_PLAIN)
		return;
	name = given_back(fx, fx->statement, call);
	first = name.length ? find_first(fx, name) : -1;
	if (first < 0)
		return;
	if (!always_before(fx, first, fx->statement))
		leave_behind(fx, first, name);
	else if (!is_in_loop(fx, fx->statement))
		remove_second(fx, name);
}
