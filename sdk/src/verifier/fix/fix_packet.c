/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An access to the packet that no comparison with its end covers. */
#include "fix_packet.h"

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

/* How a pointer is used: how far behind it the access goes. */
static const char *covered(const struct skep_fixer *fx, size_t at, const struct skep_cvariable *v)
{
	size_t next = skep_ctext_skip(&fx->text, at + v->name.length, fx->text.length);
	bool is_void = skep_span_find_word(v->type, SPAN("void")) >= 0;
	struct skep_span index;
	size_t close;

	if (fx->text.code[next] == '-' && fx->text.code[next + 1] == '>')
		return skep_fixer_print(fx, "%.*s + 1", SKEP_TEXT(v->name));
	if (fx->text.code[next] == '[') {
		close = skep_ctext_match(&fx->text, next, fx->text.length);
		index = skep_span_trim(skep_ctext_code(&fx->text, next + 1, close - 1));
		if (skep_span_word(index) == index.length)
			return skep_fixer_print(fx, "%.*s + %.*s + 1", SKEP_TEXT(v->name),
						SKEP_TEXT(index));
		return skep_fixer_print(fx, "%.*s + (%.*s) + 1", SKEP_TEXT(v->name),
					SKEP_TEXT(index));
	}
	if (at && fx->text.code[at - 1] == '*' && !is_void)
		return skep_fixer_print(fx, "%.*s + 1", SKEP_TEXT(v->name));
	return NULL;
}

/* `*(T *)(p + n)`: `p + n + sizeof(T)`; NULL where [from, end) has no such access. */
static const char *cast_access(const struct skep_fixer *fx, size_t from, size_t end)
{
	for (size_t at = from; at + 1 < end; at++) {
		size_t close, stop;
		struct skep_span type, base;

		if (fx->text.code[at] != '*' || fx->text.code[at + 1] != '(')
			continue;
		close = skep_ctext_match(&fx->text, at + 1, end);
		type = skep_span_trim(skep_ctext_code(&fx->text, at + 2, close - 1));
		if (close >= end || type.length < 2 || type.at[type.length - 1] != '*')
			continue;
		type.length--;
		at = skep_ctext_skip(&fx->text, close, end);
		stop = fx->text.code[at] == '(' ? skep_ctext_match(&fx->text, at, end)
						: at + skep_ctext_word(&fx->text, at).length;
		base = skep_ctext_code(&fx->text, at, stop);
		if (base.length)
			return skep_fixer_print(fx, "(char *)%.*s + sizeof(%.*s)", SKEP_TEXT(base),
						SKEP_TEXT(skep_span_trim(type)));
	}
	return NULL;
}

/* `memcpy(to, p, n)`, and helpers that read what a pointer points to. */
static const char *call_access(const struct skep_fixer *fx, size_t from, size_t end)
{
	for (size_t at = from; at < end; at++) {
		struct skep_span arguments[5], word = skep_ctext_word(&fx->text, at);
		size_t open = at + word.length, count;
		struct skep_cvariable v;

		if (!word.length)
			continue;
		at = open - 1;
		if (skep_span_find(word, SPAN("memcpy")) < 0 || fx->text.code[open] != '(')
			continue;
		count = skep_ctext_arguments(&fx->text, open, arguments, 5);
		for (size_t i = 0; count == 3 && i < 2; i++)
			if (skep_packet_pointer(fx, arguments[i], &v))
				return skep_fixer_print(fx, "(char *)%.*s + (%.*s)",
							SKEP_TEXT(arguments[i]),
							SKEP_TEXT(arguments[2]));
	}
	return NULL;
}

#define ACCESSES_MOST 4

struct accesses {
	const char *reach[ACCESSES_MOST]; /* `ip + 1` */
	struct skep_span name[ACCESSES_MOST];
	size_t count;
};

static void find_accesses(const struct skep_fixer *fx, size_t from, size_t end,
			  struct accesses *found)
{
	for (size_t at = from; at < end && found->count < ACCESSES_MOST; at++) {
		struct skep_span word = skep_ctext_word(&fx->text, at);
		const char *reach = NULL;
		bool known = false;
		struct skep_cvariable v;

		if (!word.length || (at && skep_is_word(fx->text.code[at - 1])))
			continue;
		if (skep_packet_pointer(fx, word, &v))
			reach = covered(fx, at, &v);
		for (size_t i = 0; reach && i < found->count; i++)
			known = known || !strcmp(found->reach[i], reach);
		if (reach && !known) {
			found->name[found->count] = word;
			found->reach[found->count++] = reach;
		}
		at += word.length - 1;
	}
	if (!found->count)
		found->reach[0] = cast_access(fx, from, end);
	if (!found->count && !found->reach[0])
		found->reach[0] = call_access(fx, from, end);
	found->count += !found->count && found->reach[0];
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

/* `for (i = 0; i < 16; i++) sum += p[i];`: one comparison before the loop, of all that it reads. */
static bool check_before_loop(struct skep_fixer *fx, const struct accesses *found)
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

/* A comparison that is there, and leads here where the packet is too short: it may be inverted. */
static bool is_inverted(const struct skep_fixer *fx)
{
	for (size_t i = 0; i < fx->c->cause_count; i++)
		if (strstr(fx->c->causes[i].label, "the packet ends before"))
			return true;
	return false;
}

static void insert_check(struct skep_fixer *fx, const struct accesses *found)
{
	const char *declared = "", *condition = "", *code;
	struct skep_span end = skep_packet_end(fx, &declared);
	struct skep_changes changes = { .count = 0 };
	bool sure = fx->body.at[fx->statement].kind != SKEP_C_LOOP;

	if (!end.length)
		return;
	for (size_t i = 0; i < found->count; i++)
		condition = skep_fixer_print(fx, "%s%s(void *)(%s) > %s%.*s", condition,
					     i ? " || " : "", found->reach[i],
					     *declared ? "" : "(void *)", SKEP_TEXT(end));
	code = skep_fixer_leave(fx, fx->c->refused, condition, &sure);
	code = skep_fixer_print(fx, "%s%s", declared, code);
	skep_fixer_before(fx, &changes, fx->statement, code);
	skep_fixer_offer(
		fx, &changes, sure && !is_inverted(fx) ? SKEP_FIX_MACHINE : SKEP_FIX_SUGGESTION,
		skep_fixer_print(fx, "compare with `%.*s` before the access", SKEP_TEXT(end)),
		code);
}

void skep_fix_packet(struct skep_fixer *fx)
{
	struct accesses found = { .count = 0 };
	const char *declared;
	struct skep_span argument;
	size_t stop;

	if (fx->statement < 0 || skep_fix_offset(fx))
		return;
	stop = end_of_head(fx);
	find_accesses(fx, fx->at, fx->end < stop ? fx->end : stop, &found);
	if (!found.count)
		find_accesses(fx, fx->body.at[fx->statement].start, stop, &found);
	if (!found.count || widen_check(fx, found.reach[0]) || check_before_loop(fx, &found))
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
