/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What a call made invalid: pointers into a packet that may have moved are computed again, behind
 * the call; a record that was handed over is written before that.
 */
#include "fix_packet.h"
#include "verifier/facts/names.h"

#define POINTERS_MOST 16

struct pointer {
	struct skep_span name, value;
	bool wanted;
};

struct pointers {
	struct pointer at[POINTERS_MOST];
	size_t count;
};

static bool mentions(const struct pointers *all, struct skep_span text)
{
	for (size_t i = 0; i < all->count; i++)
		if (skep_span_find_word(text, all->at[i].name) >= 0)
			return true;
	return skep_span_find(text, SPAN("->data")) >= 0;
}

/* The variables that come from the packet, in the order that they are made before `before`. */
static bool collect(const struct skep_fixer *fx, size_t before, struct pointers *all)
{
	for (size_t i = 0; i < fx->body.count && fx->body.at[i].start < before; i++) {
		const struct skep_cstatement *s = &fx->body.at[i];
		struct skep_assignment a;
		struct skep_cvariable v;
		struct skep_span name;

		if (s->kind != SKEP_C_PLAIN)
			continue;
		name = skep_cvariable_read(&fx->text, s->start, s->end, SPAN(""), &v)
			       ? v.name
			       : skep_ctext_word(&fx->text, s->start);
		if (!skep_fixer_variable(fx, name, s->end, &v) || v.stars != 1 ||
		    !skep_fixer_assigned(fx, name, s->start + 1, &a) || a.statement != (int)i ||
		    !mentions(all, skep_ctext_code(&fx->text, a.start, a.end)))
			continue;
		for (size_t n = 0; n < all->count; n++)
			if (skep_span_is(all->at[n].name, name))
				return false; /* made twice: which one is meant? */
		if (all->count == POINTERS_MOST)
			return false;
		all->at[all->count++] = (struct pointer){
			name, skep_span_trim(skep_ctext_span(&fx->text, a.start, a.end)), false
		};
	}
	return true;
}

static struct skep_span end_of(const struct pointers *all)
{
	for (size_t i = 0; i < all->count; i++)
		if (skep_span_find(all->at[i].value, SPAN("->data_end")) >= 0)
			return all->at[i].name;
	return SPAN("");
}

/* Those that are used behind `from`, and what they are made of. */
static void want(const struct skep_fixer *fx, struct pointers *all, size_t from)
{
	struct skep_span rest = skep_ctext_code(&fx->text, from, fx->function.end);
	struct skep_span end = end_of(all);

	for (size_t i = all->count; i-- > 0;) {
		struct pointer *p = &all->at[i];

		p->wanted = p->wanted || skep_span_is(p->name, end) ||
			    skep_span_find_word(rest, p->name) >= 0;
		for (size_t n = 0; p->wanted && n < i; n++)
			all->at[n].wanted = all->at[n].wanted ||
					    skep_span_find_word(p->value, all->at[n].name) >= 0;
	}
}

static bool is_read_through(const struct skep_fixer *fx, const struct pointers *all, size_t i,
			    size_t from)
{
	struct skep_span arrow =
		skep_span_of(skep_fixer_print(fx, "%.*s->", SKEP_TEXT(all->at[i].name)));

	if (skep_span_find(skep_ctext_code(&fx->text, from, fx->function.end), arrow) >= 0)
		return true;
	for (size_t n = i + 1; n < all->count; n++)
		if (all->at[n].wanted && skep_span_find(all->at[n].value, arrow) >= 0)
			return true;
	return false;
}

static const char *compute_again(const struct skep_fixer *fx, struct pointers *all, size_t from,
				 bool *sure)
{
	struct skep_span end = end_of(all);
	const char *code = "", *leave;

	for (size_t pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < all->count; i++) {
			struct pointer *p = &all->at[i];

			/* The end first: the comparisons need it. */
			if (!p->wanted || skep_span_is(p->name, end) != !pass)
				continue;
			code = skep_fixer_print(fx, "%s%s%.*s = %.*s;", code, *code ? "\n" : "",
						SKEP_TEXT(p->name), SKEP_TEXT(p->value));
			if (!pass || !is_read_through(fx, all, i, from))
				continue;
			leave = skep_fixer_leave(
				fx, fx->c->refused,
				skep_fixer_print(fx, "(void *)(%.*s + 1) > (void *)%.*s",
						 SKEP_TEXT(p->name), SKEP_TEXT(end)),
				sure);
			code = skep_fixer_print(fx, "%s\n%s", code, leave);
		}
	return code;
}

/* The statement behind which the pointers are stale; -1: before the refused one. */
static int find_killer(const struct skep_fixer *fx, struct skep_span killer)
{
	for (size_t i = 0; i < fx->c->path.count; i++) {
		struct skep_span call = skep_insn_callee(&fx->c->path.at[i].insn);
		int statement;

		if (!call.length || !skep_span_is(call, killer))
			continue;
		statement = skep_fixer_step(fx, i);
		if (statement < 0 || fx->body.at[statement].start >= fx->at ||
		    fx->body.at[statement].kind == SKEP_C_LOOP)
			return -1;
		return statement;
	}
	return -1;
}

/* `inner = outer + 1; inner->ttl`: what is made of them behind, and read without a comparison. */
static void compare_derived(const struct skep_fixer *fx, struct skep_changes *changes,
			    const struct pointers *all, size_t from, bool *sure)
{
	struct skep_span name = skep_name_dereferenced(skep_fixer_statement(fx, fx->statement));
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	struct skep_span end = end_of(all);
	struct skep_assignment a;
	struct skep_cvariable v;

	if (!name.length)
		name = skep_name_dereferenced(skep_ctext_code(
			&fx->text, s->start, s->head == SKEP_NOWHERE ? s->end : s->head_end));
	if (!skep_fixer_variable(fx, name, fx->at, &v) || v.stars != 1 ||
	    !skep_fixer_assigned(fx, name, fx->at, &a) || a.start < from ||
	    fx->body.at[a.statement].lone)
		return;
	for (int i = a.statement + 1; i <= fx->statement; i++)
		if (fx->body.at[i].kind == SKEP_C_IF &&
		    skep_ctext_find(&fx->text, fx->body.at[i].head, fx->body.at[i].head_end, end) !=
			    SKEP_NOWHERE)
			return;
	skep_fixer_behind(fx, changes, a.statement,
			  skep_fixer_leave(fx, fx->c->refused,
					   skep_fixer_print(fx, "(void *)(%.*s + 1) > (void *)%.*s",
							    SKEP_TEXT(name), SKEP_TEXT(end)),
					   sure));
}

static bool fetch_again(struct skep_fixer *fx, struct skep_span killer)
{
	int statement = find_killer(fx, killer);
	struct skep_changes changes = { .count = 0 };
	struct pointers all = { .count = 0 };
	bool sure = true;
	const char *code;
	size_t from;

	from = statement < 0 ? fx->body.at[fx->statement].start : fx->body.at[statement].end;
	if (!collect(fx, from, &all) || !all.count || !end_of(&all).length)
		return false;
	want(fx, &all, from);
	code = compute_again(fx, &all, from, &sure);
	if (statement < 0)
		skep_fixer_before(fx, &changes, fx->statement, code);
	else
		skep_fixer_behind(fx, &changes, statement, code);
	compare_derived(fx, &changes, &all, from, &sure);
	return skep_fixer_offer(fx, &changes, sure ? SKEP_FIX_MACHINE : SKEP_FIX_SUGGESTION,
				skep_fixer_print(fx,
						 "compute the pointers again, and compare them: "
						 "%.*s() may move the packet",
						 SKEP_TEXT(killer)),
				code);
}

/* `submit(e); e->x = 1;`: the other way round. */
static bool use_before(struct skep_fixer *fx, struct skep_span killer)
{
	int last = find_killer(fx, killer);
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	struct skep_changes changes = { .count = 0 };
	struct skep_span given;
	size_t start;
	const char *text;

	if (last < 0 || s->kind != SKEP_C_PLAIN || s->lone ||
	    fx->body.at[last].kind != SKEP_C_PLAIN || fx->body.at[last].parent != s->parent)
		return false;
	given = skep_name_argument(skep_fixer_statement(fx, last), killer, 1);
	if (!given.length)
		given = skep_name_dereferenced(skep_fixer_statement(fx, fx->statement));
	start = skep_ctext_line_start(&fx->text, s->start);
	text = skep_arena_copy(fx->arena, skep_ctext_span(&fx->text, s->start, s->end));
	skep_fixer_before(fx, &changes, last, text);
	skep_fixer_replace(fx, &changes, start, skep_ctext_line_end(&fx->text, s->end) + 1, "");
	return skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(fx, "`%s` comes before %.*s(), which gives `%.*s` away", text,
				 SKEP_TEXT(killer), SKEP_TEXT(given)),
		text);
}

void skep_fix_stale(struct skep_fixer *fx)
{
	struct skep_span killer = skep_fields_get(&fx->c->fields, SPAN("killer"));
	ptrdiff_t end = skep_span_find_char(killer, '(');

	if (end >= 0)
		killer = skep_span_upto(killer, (size_t)end);
	if (!killer.length || fx->statement < 0)
		return;
	if (skep_span_find(killer, SPAN("_submit")) >= 0 ||
	    skep_span_find(killer, SPAN("_discard")) >= 0)
		use_before(fx, killer);
	else
		fetch_again(fx, killer);
}
