/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A bound that is there and lets too much through: `if (i > 64) i = 64;` before `buf[i]` of 64. The
 * bound itself is corrected, where one more check behind it would leave the mistake in the program.
 */
#include "fix_clamp.h"

/* One comparison of the variable in the head of an `if`. */
struct term {
	size_t at;           /* the variable */
	size_t op, op_end;   /* `>`, `>=`, `<`, `<=` */
	size_t with, end;    /* what it is compared with */
	bool above, equal;   /* `>`..; with `=` */
	bool alone, several; /* nothing else is asked; all parts are joined with `||` */
};

/* Where a value ends that a condition compares with: before `)`, `||` or `&&`. */
static size_t end_of_operand(const struct skep_fixer *fx, size_t at, size_t end)
{
	while (at < end && !strchr(")|&?:,;=<>", fx->text.code[at]))
		at = fx->text.code[at] == '(' ? skep_ctext_match(&fx->text, at, end) : at + 1;
	while (at > 0 && skep_ctext_is_blank(fx->text.code[at - 1]))
		at--;
	return at;
}

static bool find_term(const struct skep_fixer *fx, const struct skep_cstatement *s,
		      struct skep_span name, struct term *term)
{
	struct skep_span head = skep_ctext_code(&fx->text, s->head, s->head_end);
	size_t at = s->head, last;

	while ((at = skep_ctext_find(&fx->text, at, s->head_end, name)) != SKEP_NOWHERE) {
		last = skep_ctext_back(&fx->text, at, s->head);
		*term = (struct term){ .at = at };
		at += name.length;
		term->op = skep_ctext_skip(&fx->text, at, s->head_end);
		/* `!i > 4`, `-i > 4`, `n->i > 4` and `a + i > 4` are about something else. */
		if (last == SKEP_NOWHERE || !strchr("(|&;", fx->text.code[last]) ||
		    !strchr("<>", fx->text.code[term->op]) ||
		    fx->text.code[term->op + 1] == fx->text.code[term->op])
			continue;
		term->above = fx->text.code[term->op] == '>';
		term->equal = fx->text.code[term->op + 1] == '=';
		term->op_end = term->op + 1 + term->equal;
		term->with = skep_ctext_skip(&fx->text, term->op_end, s->head_end);
		term->end = end_of_operand(fx, term->with, s->head_end);
		term->several = skep_span_find(head, SPAN("&&")) < 0;
		term->alone = term->several && skep_span_find(head, SPAN("||")) < 0;
		return term->end > term->with;
	}
	return false;
}

/* `i = 64;`, `return 0;`, in braces or not: what the body of an `if` does first, or last. */
static int assignment_in(const struct skep_fixer *fx, int body, struct skep_span name)
{
	for (size_t i = (size_t)body; i < fx->body.count; i++) {
		const struct skep_cstatement *s = &fx->body.at[i];
		size_t at = s->start;

		if (s->start >= fx->body.at[body].end)
			break;
		if (s->kind != SKEP_C_PLAIN || !skep_ctext_is_word(&fx->text, at, name))
			continue;
		at = skep_ctext_skip(&fx->text, at + name.length, s->end);
		if (fx->text.code[at] == '=' && fx->text.code[at + 1] != '=')
			return (int)i;
	}
	return -1;
}

static bool leaves(const struct skep_fixer *fx, int body)
{
	int last = body;

	for (size_t i = (size_t)body + 1; i < fx->body.count; i++)
		if (fx->body.at[i].parent == body)
			last = (int)i;
	return fx->body.at[last].kind == SKEP_C_RETURN || fx->body.at[last].kind == SKEP_C_JUMP;
}

/* The condition as it has to be: `>= SLOTS`, `> sizeof(buf)`; inside of which it is used, `< SLOTS`. */
static void correct_term(const struct skep_fixer *fx, struct skep_changes *changes,
			 const struct skep_clamp *clamp, const struct term *term)
{
	const char *code;

	if (clamp->beyond)
		code = skep_fixer_print(fx, "%s %s", term->above ? ">=" : "<", clamp->beyond);
	else
		code = skep_fixer_print(fx, "%s %s", term->above ? ">" : "<=", clamp->most_text);
	skep_fixer_replace(fx, changes, term->op, term->end, code);
}

/* What the variable may be at most behind the comparison; false where that cannot be told. */
static bool let_through(const struct skep_fixer *fx, const struct term *term, int64_t *most)
{
	if (!skep_room_value(fx, skep_ctext_code(&fx->text, term->with, term->end), most))
		return false;
	/* `i > n` leaves with i <= n, `i < n` goes on with i <= n - 1. */
	*most -= term->above == term->equal;
	return true;
}

/* `if (i > 64) i = 64;` or `if (i > 64) return 0;` before the use, or `if (i <= 64)` around it. */
static bool correct_if(struct skep_fixer *fx, const struct skep_clamp *clamp, int statement)
{
	const struct skep_cstatement *s = &fx->body.at[statement];
	bool around = s->start < fx->at && fx->at < s->end, large;
	struct skep_changes changes = { .count = 0 };
	int64_t most, value = 0;
	struct term term;
	int inside;

	if (s->other >= 0 || !find_term(fx, s, clamp->name, &term) ||
	    !let_through(fx, &term, &most) || term.above == around)
		return false;
	inside = around ? -1 : assignment_in(fx, s->body, clamp->name);
	if (around ? !term.alone && term.several : !term.several)
		return false;
	if (!around && inside < 0 && !leaves(fx, s->body))
		return false;
	large = most > clamp->most;
	if (large)
		correct_term(fx, &changes, clamp, &term);
	if (inside >= 0) {
		const struct skep_cstatement *set = &fx->body.at[inside];
		size_t from = skep_ctext_skip(&fx->text, set->start + clamp->name.length, set->end);

		from = skep_ctext_skip(&fx->text, from + 1, set->end);
		if (!skep_room_value(fx, skep_ctext_code(&fx->text, from, set->end - 1), &value))
			return false;
		if (value > clamp->most)
			skep_fixer_replace(fx, &changes, from, set->end - 1, clamp->most_text);
	}
	if (clamp->may_be_negative) {
		if (around || inside >= 0 || !term.several)
			return false;
		skep_changes_add(&changes, term.at, 0,
				 skep_fixer_print(fx, "%.*s < 0 || ", SKEP_TEXT(clamp->name)));
	}
	if (!changes.count)
		return false;
	return skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(fx, "correct the bound of `%.*s`%s: %s%s", SKEP_TEXT(clamp->name),
				 clamp->may_be_negative ? ", which may be negative" : "",
				 clamp->beyond ? "it has to be less than " : "it may be at most ",
				 clamp->beyond ? clamp->beyond : clamp->most_text),
		skep_fixer_print(fx, "%s", changes.at[0].text));
}

/* `for (i = 0; i < 32; i++)` around an array of 16. */
static bool correct_loop(struct skep_fixer *fx, const struct skep_clamp *clamp, int statement)
{
	const struct skep_cstatement *s = &fx->body.at[statement];
	struct skep_changes changes = { .count = 0 };
	struct term term;
	int64_t most;

	if (!skep_ctext_is_word(&fx->text, s->start, SPAN("for")) || s->head == SKEP_NOWHERE ||
	    clamp->may_be_negative || !clamp->beyond || !find_term(fx, s, clamp->name, &term) ||
	    term.above || !term.alone || fx->text.code[term.end] != ';' ||
	    !let_through(fx, &term, &most) || most <= clamp->most)
		return false;
	correct_term(fx, &changes, clamp, &term);
	return skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(fx, "end the loop where `%.*s` is %s", SKEP_TEXT(clamp->name),
				 clamp->beyond),
		skep_fixer_print(fx, "%.*s < %s", SKEP_TEXT(clamp->name), clamp->beyond));
}

/* `& 127` where 64 fit: the number of a mask, from its sign on. */
static bool correct_mask(struct skep_fixer *fx, const struct skep_clamp *clamp, size_t sign,
			 size_t end)
{
	struct skep_changes changes = { .count = 0 };
	size_t from = skep_ctext_skip(&fx->text, sign + 1, end);
	size_t stop = end_of_operand(fx, from, end);
	int64_t mask;

	if (!clamp->mask || clamp->may_be_negative ||
	    !skep_room_value(fx, skep_ctext_code(&fx->text, from, stop), &mask) ||
	    mask <= clamp->most || (mask & (mask + 1)))
		return false;
	skep_fixer_replace(fx, &changes, from, stop, clamp->mask);
	return skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
				skep_fixer_print(fx, "correct the mask: `%.*s` lets %lld through",
						 SKEP_TEXT(skep_ctext_code(&fx->text, from, stop)),
						 (long long)mask),
				skep_fixer_print(fx, "& %s", clamp->mask));
}

bool skep_fix_inner_mask(struct skep_fixer *fx, const struct skep_clamp *clamp, size_t from,
			 size_t end)
{
	for (size_t at = from; at < end; at++) {
		if (fx->text.code[at] == '(')
			at = skep_ctext_match(&fx->text, at, end) - 1;
		else if (fx->text.code[at] == '&' && at > from && fx->text.code[at - 1] != '&' &&
			 fx->text.code[at + 1] != '&')
			return correct_mask(fx, clamp, at, end);
	}
	return false;
}

/* What a plain statement does to the variable: corrected, or in the way of what was before it. */
static bool correct_plain(struct skep_fixer *fx, const struct skep_clamp *clamp, int statement,
			  bool *other_value)
{
	const struct skep_cstatement *s = &fx->body.at[statement];
	size_t at = skep_ctext_find(&fx->text, s->start, s->end, clamp->name);
	size_t sign, stop;
	char c, d;

	for (; at != SKEP_NOWHERE; at = skep_ctext_find(&fx->text, at + 1, s->end, clamp->name)) {
		size_t last = skep_ctext_back(&fx->text, at, fx->function.body);

		/* `s->len` is another one. */
		if (last != SKEP_NOWHERE && strchr(".>", fx->text.code[last]))
			continue;
		sign = skep_ctext_skip(&fx->text, at + clamp->name.length, s->end);
		c = fx->text.code[sign];
		d = fx->text.code[sign + 1];
		if (c == '&' && d == '=' && at == s->start)
			return correct_mask(fx, clamp, sign + 1, s->end);
		if (last != SKEP_NOWHERE && fx->text.code[last] == '&')
			*other_value = true;
		if ((c == '=' && d != '=') || (c && strchr("+-*/%|^<>", c) && d == '=') ||
		    ((c == '+' || c == '-') && d == c))
			*other_value = true;
		if (c != '=' || d == '=')
			continue;
		/* `i = hash & 127;` */
		stop = s->end - 1;
		return skep_fix_inner_mask(fx, clamp, sign + 1, stop);
	}
	return false;
}

bool skep_fix_clamp(struct skep_fixer *fx, const struct skep_clamp *clamp)
{
	bool other_value = false;

	if (!clamp->name.length || skep_span_word(clamp->name) != clamp->name.length)
		return false;
	for (int i = fx->statement; i-- > 0 && !other_value;) {
		const struct skep_cstatement *s = &fx->body.at[i];
		bool around = s->start < fx->at && fx->at < s->end;

		if (s->kind == SKEP_C_IF && (around || s->end <= fx->at)) {
			if (correct_if(fx, clamp, i))
				return true;
			other_value = !around && assignment_in(fx, s->body, clamp->name) >= 0;
		} else if (s->kind == SKEP_C_LOOP && around) {
			return correct_loop(fx, clamp, i);
		} else if (s->kind == SKEP_C_PLAIN && !s->lone && s->end <= fx->at) {
			const struct skep_cstatement *p =
				s->parent < 0 ? NULL : &fx->body.at[s->parent];

			/* The body of another `if`: that is looked at as a whole. */
			if (p && p->end <= fx->at)
				continue;
			if (correct_plain(fx, clamp, i, &other_value))
				return true;
		}
	}
	return false;
}
