/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What was taken and is not given back on some way out: each return behind it that does not do so
 * gets the line.
 */
#include "fixer.h"
#include "verifier/facts/names.h"
#include "verifier/facts/release.h"

struct taken {
	int statement;
	struct skep_span call, variable; /* variable: empty for sections */
	const char *back;                /* what gives it back */
	bool may_be_null;
};

/* A call that gives it back is in this piece of the function. */
static bool gives_back(const struct skep_fixer *fx, const struct taken *t, size_t from, size_t end)
{
	for (size_t at = from; at < end; at++) {
		struct skep_span word = skep_ctext_word(&fx->text, at);
		size_t open = at + word.length;

		if (!word.length)
			continue;
		at = open - 1;
		if (fx->text.code[open] != '(' || !skep_release_ends(word))
			continue;
		if (!t->variable.length ||
		    skep_span_find_word(skep_ctext_code(&fx->text, open,
							skep_ctext_match(&fx->text, open, end)),
					t->variable) >= 0)
			return true;
	}
	return false;
}

static bool leaves(const struct skep_fixer *fx, int statement)
{
	if (statement >= 0 && fx->body.at[statement].kind == SKEP_C_BLOCK)
		for (size_t i = (size_t)statement + 1; i < fx->body.count; i++)
			if (fx->body.at[i].parent == statement &&
			    (fx->body.at[i].kind == SKEP_C_RETURN ||
			     fx->body.at[i].kind == SKEP_C_JUMP))
				return true;
	return statement >= 0 && (fx->body.at[statement].kind == SKEP_C_RETURN ||
				  fx->body.at[statement].kind == SKEP_C_JUMP);
}

/* What the head of an `if` says of the variable where its body runs. */
enum says {
	SAYS_NOTHING,
	SAYS_NULL,
	SAYS_PERHAPS_NULL,
	SAYS_THERE
};

/* `(e)`, `e && ..` or `e != NULL`; what is read through it, or passed to a call, says nothing. */
static bool asks_for(struct skep_span head, size_t at, struct skep_span name)
{
	struct skep_span before = skep_span_trim(skep_span_upto(head, at));
	struct skep_span behind = skep_span_trim(skep_span_from(head, at + name.length));
	bool begins = before.length == 1 || (before.length > 1 && before.at[0] == '(' &&
					     strchr("(&", before.at[before.length - 1]) &&
					     !skep_is_word(before.at[before.length - 2]));

	return begins &&
	       (skep_span_starts(behind, SPAN(")")) || skep_span_starts(behind, SPAN("&&")) ||
		skep_span_starts(behind, SPAN("!= NULL")) ||
		skep_span_starts(behind, SPAN("!= 0")));
}

static enum says head_says(const struct skep_fixer *fx, const struct taken *t,
			   const struct skep_cstatement *s)
{
	struct skep_span head = skep_ctext_code(&fx->text, s->head, s->head_end);
	ptrdiff_t at;

	if (s->kind != SKEP_C_IF || !t->variable.length)
		return SAYS_NOTHING;
	at = skep_span_find_word(head, t->variable);
	if (at < 1)
		return SAYS_NOTHING;
	if (head.at[at - 1] == '!' ||
	    skep_span_find(skep_span_from(head, (size_t)at), SPAN("== NULL")) >= 0)
		return skep_span_find(head, SPAN("||")) >= 0 ? SAYS_PERHAPS_NULL : SAYS_NULL;
	return skep_span_find(head, SPAN("||")) < 0 && asks_for(head, (size_t)at, t->variable)
		       ? SAYS_THERE
		       : SAYS_NOTHING;
}

/* Whether the body of an `if` gives it back, or leaves. */
static bool ends_in(const struct skep_fixer *fx, const struct taken *t, int statement)
{
	int body = fx->body.at[statement].body;

	if (leaves(fx, body))
		return true;
	for (size_t i = (size_t)body + 1; i < fx->body.count; i++)
		if (fx->body.at[i].parent == body && fx->body.at[i].kind == SKEP_C_PLAIN &&
		    gives_back(fx, t, fx->body.at[i].start, fx->body.at[i].end))
			return true;
	return fx->body.at[body].kind == SKEP_C_PLAIN &&
	       gives_back(fx, t, fx->body.at[body].start, fx->body.at[body].end);
}

/* `goto out;`: whether nothing behind the label gives it back. */
static bool jumps_past(const struct skep_fixer *fx, const struct taken *t, int statement)
{
	const struct skep_cstatement *s = &fx->body.at[statement];
	struct skep_span label;

	if (s->kind != SKEP_C_JUMP || !skep_ctext_is_word(&fx->text, s->start, SPAN("goto")))
		return false;
	label = skep_ctext_word(&fx->text, skep_ctext_skip(&fx->text, s->start + 4, s->end));
	for (size_t i = 0; i < fx->body.count; i++)
		if (fx->body.at[i].kind == SKEP_C_LABEL &&
		    skep_ctext_is_word(&fx->text, fx->body.at[i].start, label))
			return !gives_back(fx, t, fx->body.at[i].end, fx->function.end);
	return false;
}

enum way {
	WAY_FINE,
	WAY_LEAKS,
	WAY_LEAKS_PERHAPS
};

static bool is_inside(const struct skep_fixer *fx, int statement, int outer)
{
	return outer >= 0 && fx->body.at[statement].start >= fx->body.at[outer].start &&
	       fx->body.at[statement].end <= fx->body.at[outer].end;
}

/* Whether this return is reached with the thing in hand. */
static enum way way_out(const struct skep_fixer *fx, const struct taken *t, int statement)
{
	const struct skep_cstatement *first = &fx->body.at[t->statement];
	bool there = !t->may_be_null, perhaps = false;

	if (gives_back(fx, t, fx->body.at[statement].start, fx->body.at[statement].end))
		return WAY_FINE;
	for (int at = statement; at >= 0; at = fx->body.at[at].parent) {
		int parent = fx->body.at[at].parent;

		for (int p = skep_cbody_before(&fx->body, at); p >= 0;
		     p = skep_cbody_before(&fx->body, p)) {
			const struct skep_cstatement *s = &fx->body.at[p];

			if (s->start <= first->start)
				break;
			if (s->kind == SKEP_C_PLAIN && gives_back(fx, t, s->start, s->end))
				return WAY_FINE;
			if (head_says(fx, t, s) == SAYS_THERE && ends_in(fx, t, p))
				return WAY_FINE;
			if ((head_says(fx, t, s) == SAYS_NULL ||
			     head_says(fx, t, s) == SAYS_PERHAPS_NULL) &&
			    leaves(fx, s->body))
				there = true;
		}
		if (parent < 0 || fx->body.at[parent].start <= first->start) {
			/* The other branch of what it was taken in. */
			if (parent >= 0 && fx->body.at[parent].kind == SKEP_C_IF &&
			    is_inside(fx, statement, fx->body.at[parent].other) &&
			    is_inside(fx, t->statement, fx->body.at[parent].body))
				return WAY_FINE;
			continue;
		}
		if (fx->body.at[parent].kind == SKEP_C_IF) {
			enum says says = head_says(fx, t, &fx->body.at[parent]);
			bool in_body = is_inside(fx, statement, fx->body.at[parent].body);

			if ((says == SAYS_NULL && in_body) || (says == SAYS_THERE && !in_body))
				return WAY_FINE;
			there = there || (says == SAYS_THERE && in_body) ||
				(says == SAYS_NULL && !in_body);
			perhaps = perhaps || says == SAYS_PERHAPS_NULL;
		}
	}
	return there && !perhaps ? WAY_LEAKS : WAY_LEAKS_PERHAPS;
}

/* A ring's record that is never handed over probably should be, at the end. */
static const char *at_the_end(const struct skep_fixer *fx, const struct taken *t)
{
	const char *back = t->back;

	if (skep_span_starts(t->call, SPAN("bpf_ringbuf_reserve")) &&
	    skep_span_find(skep_ctext_code(&fx->text, fx->function.body, fx->function.end),
			   SPAN("_submit")) < 0)
		back = skep_fixer_print(fx, "bpf_ringbuf_submit%s",
					back + strlen("bpf_ringbuf_discard"));
	return back;
}

/* Before a return: also where what it returns is read from what is given back. */
static void release_before(const struct skep_fixer *fx, struct skep_changes *changes,
			   const struct taken *t, int statement, const char *back)
{
	const struct skep_cstatement *s = &fx->body.at[statement];
	size_t from = skep_ctext_skip(&fx->text, s->start + 6, s->end);
	struct skep_span value = skep_ctext_code(&fx->text, from, s->end - 1);
	const char *name;

	if (s->kind == SKEP_C_RETURN && t->variable.length &&
	    skep_span_find_word(value, t->variable) >= 0) {
		name = skep_fixer_fresh(fx, "result");
		back = skep_fixer_print(fx, "__typeof__(%.*s) %s = %.*s;\n\n%s", SKEP_TEXT(value),
					name, SKEP_TEXT(value), back);
		skep_fixer_replace(fx, changes, from, s->end - 1, name);
	}
	skep_fixer_before(fx, changes, statement, back);
}

static void release_everywhere(struct skep_fixer *fx, const struct taken *t)
{
	struct skep_changes changes = { .count = 0 };
	size_t after = fx->body.at[t->statement].end;
	int last = -1;

	for (size_t i = (size_t)t->statement + 1; i < fx->body.count; i++) {
		const struct skep_cstatement *s = &fx->body.at[i];
		const char *back = t->back;
		enum way way;

		if (s->parent < 0)
			last = (int)i;
		if ((s->kind != SKEP_C_RETURN && !jumps_past(fx, t, (int)i)) || s->start < after)
			continue;
		way = way_out(fx, t, (int)i);
		if (way == WAY_FINE)
			continue;
		if (s->parent < 0)
			back = at_the_end(fx, t);
		if (way == WAY_LEAKS_PERHAPS)
			back = skep_fixer_print(fx, "if (%.*s)\n\t%s", SKEP_TEXT(t->variable),
						back);
		release_before(fx, &changes, t, (int)i, back);
	}
	/* A function without a value ends without a return. */
	if (last >= 0 && fx->body.at[last].kind != SKEP_C_RETURN &&
	    skep_span_find_word(fx->function.type, SPAN("void")) >= 0 &&
	    way_out(fx, t, last) != WAY_FINE)
		skep_fixer_behind(fx, &changes, last, t->back);
	skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
			 skep_fixer_print(fx,
					  "give back what %.*s() gave on this way out of %.*s()",
					  SKEP_TEXT(t->call), SKEP_TEXT(fx->function.name)),
			 t->back);
}

static size_t find_step(const struct skep_fixer *fx)
{
	static const char *const openers[] = { "bpf_rcu_read_lock",  "bpf_preempt_disable",
					       "bpf_local_irq_save", "bpf_spin_lock",
					       "bpf_res_spin_lock",  NULL };
	int64_t number;

	if (fx->c->entry->rule == SKEP_RULE_LOCK)
		return skep_story_find_call(&fx->c->path, fx->c->refused, openers);
	if (skep_fields_number(&fx->c->fields, SPAN("alloc"), &number))
		return skep_story_find_insn(&fx->c->path, fx->c->refused, number);
	return skep_release_find_acquire(&fx->c->path, fx->c->refused);
}

void skep_fix_release(struct skep_fixer *fx)
{
	const struct skep_path *path = &fx->c->path;
	struct taken t = { .statement = -1 };
	struct skep_place place;
	struct skep_span line;
	size_t step, at;

	if (fx->c->refused == SKEP_NO_STEP || !skep_insn_is_exit(&path->at[fx->c->refused].insn))
		return;
	step = find_step(fx);
	if (step >= path->count)
		return;
	place = skep_place_of_step(fx->c, step);
	at = skep_fixer_position(fx, &place);
	if (at == SKEP_NOWHERE || !skep_fixer_move(fx, at) || fx->statement < 0)
		return;
	t.statement = fx->statement;
	t.call = skep_insn_callee(&path->at[step].insn);
	t.back = skep_fixer_give_back(fx, step);
	if (!*t.back)
		return;
	line = skep_fixer_statement(fx, t.statement);
	if (skep_release_begins(t.call)) {
		t.may_be_null = !skep_release_argument(t.call);
		t.variable = t.may_be_null ? skep_name_assigned(line)
					   : skep_name_argument(line, t.call,
								skep_release_argument(t.call));
	}
	release_everywhere(fx, &t);
}
