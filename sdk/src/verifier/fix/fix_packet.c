/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An access to the packet that no comparison with its end covers. */
#include "fix_packet.h"

#include <stdlib.h>

#include "verifier/facts/names.h"

static bool is_context(const struct skep_cvariable *v)
{
	return v->stars == 1 && (skep_span_find_word(v->type, SPAN("xdp_md")) >= 0 ||
				 skep_span_find_word(v->type, SPAN("__sk_buff")) >= 0 ||
				 skep_span_find_word(v->type, SPAN("sk_msg_md")) >= 0 ||
				 skep_span_find_word(v->type, SPAN("sk_reuseport_md")) >= 0);
}

static struct skep_span end_among_locals(const struct skep_fixer *fx)
{
	for (size_t i = 0; i < fx->body.count && fx->body.at[i].start < fx->at; i++) {
		const struct skep_cstatement *s = &fx->body.at[i];
		struct skep_cvariable v;
		size_t at = skep_ctext_find(&fx->text, s->start, s->end, SPAN("data_end"));

		if (s->kind != SKEP_C_PLAIN || at == SKEP_NOWHERE)
			continue;
		/* `void *end = (void *)(long)ctx->data_end;`, and what is assigned later. */
		if (skep_cvariable_read(&fx->text, s->start, s->end, SPAN("data_end"), &v))
			return v.name;
		if (skep_cvariable_read(&fx->text, s->start, s->end, SPAN(""), &v) && v.stars &&
		    v.init != SKEP_NOWHERE && v.init <= at && at < v.init_end)
			return v.name;
		if (skep_fixer_variable(fx, skep_ctext_word(&fx->text, s->start), fx->at, &v) &&
		    v.stars)
			return v.name;
	}
	return SPAN("");
}

struct skep_span skep_packet_end(const struct skep_fixer *fx, const char **declared)
{
	struct skep_span end = end_among_locals(fx), context = SPAN("");
	struct skep_cvariable v;
	const char *name;

	*declared = "";
	if (end.length)
		return end;
	for (size_t i = 0; i < 12 && skep_cvariable_parameter(&fx->text, &fx->function, i, &v);
	     i++) {
		if (v.stars && skep_span_find(v.name, SPAN("end")) >= 0)
			return v.name;
		if (is_context(&v) && !context.length)
			context = v.name;
	}
	if (!context.length)
		return SPAN("");
	name = skep_ctext_find(&fx->text, fx->function.body, fx->function.end, SPAN("data_end")) ==
			       SKEP_NOWHERE
		       ? "data_end"
		       : skep_fixer_fresh(fx, "packet_end");
	*declared = skep_fixer_print(fx, "void *%s = (void *)(long)%.*s->data_end;\n", name,
				     SKEP_TEXT(context));
	return skep_span_of(name);
}

bool skep_packet_pointer(const struct skep_fixer *fx, struct skep_span name,
			 struct skep_cvariable *variable)
{
	struct skep_assignment a;

	if (!skep_fixer_variable(fx, name, fx->at, variable) || variable->stars != 1 ||
	    variable->array || variable->place == SKEP_C_GLOBAL || is_context(variable))
		return false;
	return !skep_fixer_assigned(fx, name, fx->at, &a) ||
	       skep_span_find(skep_ctext_code(&fx->text, a.start, a.end), SPAN("bpf_")) < 0;
}

/* Of a control statement only what it asks. */
static size_t end_of_head(const struct skep_fixer *fx)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];

	return s->head == SKEP_NOWHERE ? s->end : s->head_end;
}

/* `line + i > data_end` where `line + i + 1` is read: the comparison itself is wrong by one. */
static bool widen_check(struct skep_fixer *fx, const char *reach)
{
	struct skep_span want = skep_span_of(reach);
	int above = skep_cbody_before(&fx->body, fx->statement);
	const struct skep_cstatement *s = above < 0 ? NULL : &fx->body.at[above];
	struct skep_changes changes = { .count = 0 };
	ptrdiff_t at;

	if (!s || s->kind != SKEP_C_IF || want.length < 5)
		return false;
	want.length -= 4; /* " + 1" */
	at = skep_span_find(skep_ctext_code(&fx->text, s->head, s->head_end), want);
	if (at < 0 || skep_span_find_char(want, '+') < 0 ||
	    fx->text.code[s->head + (size_t)at + want.length] != ')')
		return false;
	skep_fixer_replace(fx, &changes, s->head + (size_t)at + want.length,
			   s->head + (size_t)at + want.length, " + 1");
	return skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(fx, "compare the end of what is read: `%s`", reach), reach);
}

/* A jump or a return in the loop. */
static bool ends_early(const struct skep_fixer *fx, int loop)
{
	for (size_t i = (size_t)loop + 1; i < fx->body.count; i++) {
		const struct skep_cstatement *s = &fx->body.at[i];

		if (s->start >= fx->body.at[loop].end)
			break;
		if (s->kind == SKEP_C_RETURN ||
		    (s->kind == SKEP_C_JUMP &&
		     !skep_ctext_is_word(&fx->text, s->start, SPAN("continue"))))
			return true;
	}
	return false;
}

/* `for (i = 0; i < 16; i++) sum += p[i];`: one comparison before the loop, of all that it reads. */
static bool check_before_loop(struct skep_fixer *fx, const struct skep_accesses *found)
{
	struct skep_span name = found->name[0], index = skep_span_of(found->reach[0]), most;
	const char *declared = "", *code;
	struct skep_span end = skep_packet_end(fx, &declared);
	struct skep_changes changes = { .count = 0 };
	int loop = fx->body.at[fx->statement].parent;
	const struct skep_cstatement *s;
	bool sure = true;
	ptrdiff_t less;
	size_t at;

	/* `p + i + 1` */
	if (found->count != 1 || !name.length || index.length < name.length + 8 || !end.length)
		return false;
	index = skep_span_upto(skep_span_from(index, name.length + 3),
			       index.length - name.length - 7);
	while (loop >= 0 && fx->body.at[loop].kind != SKEP_C_LOOP)
		loop = fx->body.at[loop].parent;
	s = loop < 0 ? NULL : &fx->body.at[loop];
	if (!s || s->head == SKEP_NOWHERE || skep_span_word(index) != index.length)
		return false;
	less = skep_span_find(skep_ctext_code(&fx->text, s->head, s->head_end),
			      skep_span_of(skep_fixer_print(fx, "%.*s < ", SKEP_TEXT(index))));
	at = less < 0 ? SKEP_NOWHERE : s->head + (size_t)less + index.length + 3;
	most = at == SKEP_NOWHERE ? SPAN("") : skep_ctext_word(&fx->text, at);
	if (!most.length ||
	    (!skep_is_digit(most.at[0]) && (most.at[0] < 'A' || most.at[0] > 'Z')) ||
	    fx->text.code[at + most.length] != ';')
		return false;
	/* Where the loop looks for an end of its own, a shorter packet is fine too. */
	if (ends_early(fx, loop))
		return false;
	fx->statement = loop;
	code = skep_fixer_leave(fx, fx->c->refused,
				skep_fixer_print(fx, "(void *)(%.*s + %.*s) > %s%.*s",
						 SKEP_TEXT(name), SKEP_TEXT(most),
						 *declared ? "" : "(void *)", SKEP_TEXT(end)),
				&sure);
	code = skep_fixer_print(fx, "%s%s", declared, code);
	skep_fixer_before(fx, &changes, loop, code);
	return skep_fixer_offer(
		fx, &changes, sure ? SKEP_FIX_MACHINE : SKEP_FIX_SUGGESTION,
		skep_fixer_print(fx, "compare all %.*s elements before the loop", SKEP_TEXT(most)),
		code);
}

static bool leaves(const struct skep_fixer *fx, int body)
{
	body += fx->body.at[body].kind == SKEP_C_BLOCK;
	return (size_t)body < fx->body.count &&
	       (fx->body.at[body].kind == SKEP_C_RETURN || fx->body.at[body].kind == SKEP_C_JUMP);
}

/* `if (p + 1 < end) return`: it leaves where there is enough. Turned round; false: there is none. */
static bool turn_comparison(struct skep_fixer *fx, const char *reach)
{
	const char *declared = "";
	struct skep_span end = skep_packet_end(fx, &declared), want = skep_span_of(reach);

	for (int i = fx->statement; end.length && !*declared && i-- > 0;) {
		const struct skep_cstatement *s = &fx->body.at[i];
		struct skep_changes changes = { .count = 0 };
		struct skep_span head, between;
		ptrdiff_t at, less;
		size_t op;

		if (s->kind != SKEP_C_IF || s->end > fx->at || s->other >= 0 ||
		    !leaves(fx, s->body))
			continue;
		head = skep_ctext_code(&fx->text, s->head, s->head_end);
		at = skep_span_find(head, want);
		if (at < 0 || skep_span_find_word(head, end) < at ||
		    skep_span_find(head, SPAN("&&")) >= 0 || skep_span_find(head, SPAN("||")) >= 0)
			continue;
		between = skep_span_from(head, (size_t)at + want.length);
		less = skep_span_find_char(between, '<');
		op = s->head + (size_t)at + want.length + (size_t)less;
		if (less < 0 || fx->text.code[op + 1] == '<')
			return false;
		skep_fixer_replace(fx, &changes, op, op + 1 + (fx->text.code[op + 1] == '='), ">");
		return skep_fixer_offer(
			fx, &changes, SKEP_FIX_MACHINE,
			skep_fixer_print(fx,
					 "turn the comparison round: it leaves where `%s` is there",
					 reach),
			skep_fixer_print(fx, "%s > %.*s", reach, SKEP_TEXT(end)));
	}
	return false;
}

/* A comparison that is there, and leads here where the packet is too short: it may be inverted. */
static bool is_inverted(const struct skep_fixer *fx)
{
	for (size_t i = 0; i < fx->c->cause_count; i++)
		if (strstr(fx->c->causes[i].label, "the packet ends before"))
			return true;
	return false;
}

/* The check goes before the first of neighbours that read what it is about: `p->a`, then `p->b`. */
static int first_access(const struct skep_fixer *fx, const struct skep_accesses *found)
{
	struct skep_span name = found->name[0];
	int first = fx->statement;

	if (found->count != 1 || !name.length || fx->body.at[first].lone)
		return first;
	for (int at = first; (at = skep_cbody_before(&fx->body, at)) >= 0;) {
		const struct skep_cstatement *s = &fx->body.at[at];
		size_t use = skep_ctext_find(&fx->text, s->start, s->end, name);
		struct skep_cvariable v;

		if (s->kind != SKEP_C_PLAIN ||
		    skep_span_is(skep_name_assigned(skep_fixer_statement(fx, at)), name) ||
		    skep_cvariable_read(&fx->text, s->start, s->end, SPAN(""), &v))
			break;
		if (use != SKEP_NOWHERE && fx->text.code[use + name.length] == '-')
			first = at;
	}
	return first;
}

/* `while (p < end) { ..; p += p[1]; }`: no comparison is enough where nothing ends such a loop. */
static bool is_endless_walk(const struct skep_fixer *fx, struct skep_span name)
{
	int up = fx->statement;
	size_t at;

	while (up >= 0 && fx->body.at[up].kind != SKEP_C_LOOP)
		up = fx->body.at[up].parent;
	if (up < 0 || !name.length ||
	    skep_ctext_is_word(&fx->text, fx->body.at[up].start, SPAN("for")))
		return false;
	at = fx->body.at[up].start;
	while ((at = skep_ctext_find(&fx->text, at, fx->body.at[up].end, name)) != SKEP_NOWHERE) {
		at = skep_ctext_skip(&fx->text, at + name.length, fx->body.at[up].end);
		if (fx->text.code[at] == '+' && fx->text.code[at + 1] == '=' &&
		    !skep_is_digit(
			    fx->text.code[skep_ctext_skip(&fx->text, at + 2, fx->body.at[up].end)]))
			return true;
	}
	return false;
}

/* `p[0]` is refused now, `p[1]` behind it will be: each needs its own comparison. */
static void check_later(struct skep_fixer *fx, struct skep_changes *changes, struct skep_span name,
			struct skep_span end, bool *sure)
{
	int here = fx->statement, parent = fx->body.at[here].parent;
	size_t stop = parent < 0 ? fx->function.end : fx->body.at[parent].end;
	long most = 0;

	for (size_t i = (size_t)here; i < fx->body.count && fx->body.at[i].start < stop; i++) {
		const struct skep_cstatement *s = &fx->body.at[i];
		struct skep_accesses found = { .count = 0 };
		long reach = 0;

		fx->statement = (int)i;
		if (s->kind == SKEP_C_BLOCK || s->kind == SKEP_C_LOOP)
			continue;
		if (s->kind == SKEP_C_IF &&
		    skep_ctext_find(&fx->text, s->head, s->head_end, end) != SKEP_NOWHERE)
			break;
		skep_packet_accesses(fx, s->start, end_of_head(fx), &found);
		for (size_t k = 0; k < found.count; k++)
			if (skep_span_is(found.name[k], name) &&
			    strlen(found.reach[k]) > name.length + 3 &&
			    skep_is_digit(found.reach[k][name.length + 3]))
				reach = strtol(found.reach[k] + name.length + 3, NULL, 10);
		if ((int)i != here && reach > most)
			skep_fixer_before(
				fx, changes, (int)i,
				skep_fixer_leave(
					fx, fx->c->refused,
					skep_fixer_print(fx, "(void *)(%.*s + %ld) > (void *)%.*s",
							 SKEP_TEXT(name), reach + 1,
							 SKEP_TEXT(end)),
					sure));
		most = reach > most ? reach : most;
		if (s->kind == SKEP_C_PLAIN &&
		    skep_span_is(skep_name_assigned(skep_fixer_statement(fx, (int)i)), name))
			break;
	}
	fx->statement = here;
}

static void insert_check(struct skep_fixer *fx, const struct skep_accesses *found)
{
	const char *declared = "", *condition = "", *code;
	struct skep_span end = skep_packet_end(fx, &declared);
	struct skep_changes changes = { .count = 0 };
	bool sure = fx->body.at[fx->statement].kind != SKEP_C_LOOP &&
		    !is_endless_walk(fx, found->name[0]);

	if (!end.length)
		return;
	for (size_t i = 0; i < found->count; i++)
		condition = skep_fixer_print(fx, "%s%s(void *)(%s) > %s%.*s", condition,
					     i ? " || " : "", found->reach[i],
					     *declared ? "" : "(void *)", SKEP_TEXT(end));
	code = skep_fixer_leave(fx, fx->c->refused, condition, &sure);
	code = skep_fixer_print(fx, "%s%s", declared, code);
	skep_fixer_before(fx, &changes, first_access(fx, found), code);
	if (found->count == 1 && found->name[0].length && !*declared)
		check_later(fx, &changes, found->name[0], end, &sure);
	skep_fixer_offer(
		fx, &changes, sure && !is_inverted(fx) ? SKEP_FIX_MACHINE : SKEP_FIX_SUGGESTION,
		skep_fixer_print(fx, "compare with `%.*s` before the access", SKEP_TEXT(end)),
		code);
}

void skep_fix_packet(struct skep_fixer *fx)
{
	struct skep_accesses found = { .count = 0 };
	const char *declared;
	struct skep_span argument;
	size_t stop;

	if (fx->statement < 0 || skep_fix_offset(fx))
		return;
	stop = end_of_head(fx);
	skep_packet_accesses(fx, fx->at, fx->end < stop ? fx->end : stop, &found);
	if (!found.count)
		skep_packet_accesses(fx, fx->body.at[fx->statement].start, stop, &found);
	if (!found.count || widen_check(fx, found.reach[0]) ||
	    turn_comparison(fx, found.reach[0]) || check_before_loop(fx, &found))
		return;
	/* A function without a way to the end: its caller may have one. */
	for (int i = 0; i < 3 && !skep_packet_end(fx, &declared).length; i++) {
		struct skep_cvariable v;

		if (found.count != 1 || !found.name[0].length ||
		    !skep_fixer_variable(fx, found.name[0], fx->at, &v) ||
		    v.place != SKEP_C_PARAMETER || !skep_fixer_climb(fx, v.name, &argument))
			return;
		found.reach[0] = skep_fixer_print(fx, "(char *)(%.*s) + sizeof(%.*s)",
						  SKEP_TEXT(argument), SKEP_TEXT(v.type));
		found.name[0] = argument;
	}
	insert_check(fx, &found);
}
