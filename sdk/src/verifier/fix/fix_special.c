/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Maps whose values have locks and timers; iterators; sockets in part. */
#include "fixer.h"
#include "verifier/facts/names.h"

static bool is_special(struct skep_span type)
{
	static const char *const names[] = { "bpf_spin_lock", "bpf_timer",   "bpf_wq",
					     "bpf_list_",     "bpf_rb_",     "bpf_refcount",
					     "__kptr",        "bpf_res_spin" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (skep_span_find(type, skep_span_of(names[i])) >= 0)
			return true;
	return false;
}

/* Every member but the special ones: cleared, or taken from `from` (such as `fresh.`). */
static const char *each_member(const struct skep_fixer *fx, const struct skep_cvariable *v,
			       const char *from)
{
	const char *code = "";
	size_t at, close;

	if (!skep_fixer_structure(fx, v, &at, &close))
		return NULL;
	for (at++; at < close;) {
		size_t end = at;
		struct skep_cvariable m;

		while (end < close && fx->text.code[end] != ';')
			end = fx->text.code[end] == '{' ? skep_ctext_match(&fx->text, end, close)
							: end + 1;
		if (skep_ctext_skip(&fx->text, at, end) == end)
			break;
		if (!is_special(skep_ctext_code(&fx->text, at, end))) {
			if (!skep_cvariable_read(&fx->text, skep_ctext_skip(&fx->text, at, end),
						 end, SPAN(""), &m) ||
			    !m.alone)
				return NULL;
			if (from && !m.array)
				code = skep_fixer_print(fx, "%s%s%.*s->%.*s = %s%.*s;", code,
							*code ? "\n" : "", SKEP_TEXT(v->name),
							SKEP_TEXT(m.name), from, SKEP_TEXT(m.name));
			else if (from || m.array || !(m.stars || skep_cvariable_is_number(&m)))
				code = skep_fixer_print(
					fx,
					"%s%s__builtin_mem%s(&%.*s->%.*s, %s%s%.*s, sizeof(%.*s->%.*s));",
					code, *code ? "\n" : "", from ? "cpy" : "set",
					SKEP_TEXT(v->name), SKEP_TEXT(m.name), from ? "&" : "",
					from ? from : "0", SKEP_TEXT(from ? m.name : SPAN("")),
					SKEP_TEXT(v->name), SKEP_TEXT(m.name));
			else
				code = skep_fixer_print(fx, "%s%s%.*s->%.*s = 0;", code,
							*code ? "\n" : "", SKEP_TEXT(v->name),
							SKEP_TEXT(m.name));
		}
		at = end + 1;
	}
	return *code ? code : NULL;
}

/* `memset(v, 0, sizeof(*v))`, `*v = fresh`: all of a value with a lock is written. */
static void write_members(struct skep_fixer *fx)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	struct skep_span word = skep_ctext_word(&fx->text, s->start), name = SPAN(""), from,
			 arguments[3];
	struct skep_changes changes = { .count = 0 };
	const char *code = NULL;
	struct skep_cvariable v;
	size_t at;

	if (skep_span_find(word, SPAN("memset")) >= 0 &&
	    skep_ctext_arguments(&fx->text, s->start + word.length, arguments, 3) == 3) {
		name = arguments[0];
		if (skep_fixer_variable(fx, name, fx->at, &v) && v.stars == 1)
			code = each_member(fx, &v, NULL);
	} else if (fx->text.code[s->start] == '*') {
		name = skep_ctext_word(&fx->text, s->start + 1);
		at = skep_ctext_skip(&fx->text, s->start + 1 + name.length, s->end);
		from = skep_span_trim(skep_ctext_code(&fx->text, at + 1, s->end - 1));
		if (fx->text.code[at] == '=' && from.length &&
		    skep_span_word(from) == from.length &&
		    skep_fixer_variable(fx, name, fx->at, &v) && v.stars == 1)
			code = each_member(fx, &v, skep_fixer_print(fx, "%.*s.", SKEP_TEXT(from)));
	}
	if (!code || s->lone)
		return;
	skep_fixer_before(fx, &changes, fx->statement, code);
	skep_fixer_replace(fx, &changes, skep_ctext_line_start(&fx->text, s->start),
			   skep_ctext_line_end(&fx->text, s->end) + 1, "");
	skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
			 skep_fixer_print(fx, "write the other members of `%.*s` one by one",
					  SKEP_TEXT(name)),
			 code);
}

/* A lock that is set to 0 by hand: the kernel did that when it made the value. */
static void leave_alone(struct skep_fixer *fx)
{
	struct skep_span text = skep_fixer_statement(fx, fx->statement);
	struct skep_changes changes = { .count = 0 };

	if (skep_span_find(text, SPAN("= 0;")) < 0 || skep_span_find(text, SPAN("lock")) < 0 ||
	    skep_span_find(text, SPAN("->")) < 0)
		return;
	skep_fixer_remove(fx, &changes, fx->statement);
	text = skep_span_trim(skep_span_upto(text, (size_t)skep_span_find(text, SPAN("= 0;"))));
	skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(fx, "leave `%.*s` alone: it is 0 in a new value", SKEP_TEXT(text)),
		NULL);
}

/* The map that a call of the statement is given. */
static bool find_map(const struct skep_fixer *fx, struct skep_cvariable *map)
{
	struct skep_span text = skep_fixer_statement(fx, fx->statement);
	struct skep_span name = skep_fields_get(&fx->c->fields, SPAN("map"));

	if (name.length && skep_cvariable_global(&fx->text, name, map))
		return true;
	for (size_t i = 0; i + 1 < text.length; i++) {
		name = skep_span_from(text, i + 1);
		name.length = skep_span_word(name);
		if (text.at[i] == '&' && name.length && skep_cvariable_global(&fx->text, name, map))
			return true;
	}
	return false;
}

/* Values of per-CPU maps have no locks and timers. */
static void share_map(struct skep_fixer *fx)
{
	struct skep_changes changes = { .count = 0 };
	struct skep_cvariable map;
	struct skep_span text;
	ptrdiff_t at;

	if (!find_map(fx, &map))
		return;
	text = skep_ctext_code(&fx->text, map.start, map.at);
	at = skep_span_find(text, SPAN("BPF_MAP_TYPE_PERCPU_"));
	if (at < 0)
		at = skep_span_find(text, SPAN("BPF_MAP_TYPE_LRU_PERCPU_"));
	if (at < 0)
		return;
	at += skep_span_find(skep_span_from(text, (size_t)at), SPAN("PERCPU_"));
	skep_fixer_replace(fx, &changes, map.start + (size_t)at,
			   map.start + (size_t)at + strlen("PERCPU_"), "");
	skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
			 skep_fixer_print(fx, "values of per-CPU maps have none: share `%.*s`",
					  SKEP_TEXT(map.name)),
			 NULL);
}

/* An iterator that is made again: destroyed first. One that is made on one way only: always. */
static void keep_iterator(struct skep_fixer *fx)
{
	struct skep_span call = skep_insn_callee(&fx->c->path.at[fx->c->refused].insn);
	struct skep_span line = skep_fixer_statement(fx, fx->statement), it;
	struct skep_changes changes = { .count = 0 };
	const char *code;

	it = skep_name_argument(line, call, 1);
	if (!it.length)
		return;
	if (skep_span_find(call, SPAN("_new")) >= 0) {
		code = skep_fixer_print(fx, "%.*s_destroy(&%.*s);", (int)(call.length - 4), call.at,
					SKEP_TEXT(it));
		skep_fixer_before(fx, &changes, fx->statement, code);
		skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
				 skep_fixer_print(fx, "destroy `%.*s` before it is made again",
						  SKEP_TEXT(it)),
				 code);
		return;
	}
	for (size_t i = 0; i < fx->body.count; i++) {
		const struct skep_cstatement *s = &fx->body.at[i], *up;

		if (s->kind != SKEP_C_PLAIN || !s->lone || s->start >= fx->at ||
		    skep_span_find(skep_fixer_statement(fx, (int)i), SPAN("_new(&")) < 0 ||
		    skep_span_find_word(skep_fixer_statement(fx, (int)i), it) < 0)
			continue;
		up = &fx->body.at[s->parent];
		if (up->kind != SKEP_C_IF || up->other >= 0)
			continue;
		code = skep_arena_copy(fx->arena, skep_ctext_span(&fx->text, s->start, s->end));
		skep_fixer_replace(fx, &changes, up->start, up->end, code);
		skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
				 skep_fixer_print(fx, "make `%.*s` on every way", SKEP_TEXT(it)),
				 code);
		return;
	}
}

/* skb->sk may be a request or a timewait socket: most members are those of a full one. */
static void fetch_full_socket(struct skep_fixer *fx)
{
	struct skep_span name = skep_name_dereferenced(skep_fixer_statement(fx, fx->statement));
	struct skep_changes changes = { .count = 0 };
	const char *code;
	bool sure = true;
	struct skep_cvariable v;

	if (skep_span_find(fx->c->message, SPAN("sock_common access")) < 0 ||
	    !skep_fixer_variable(fx, name, fx->at, &v) || v.stars != 1)
		return;
	code = skep_fixer_leave(fx, fx->c->refused, skep_fixer_print(fx, "!%.*s", SKEP_TEXT(name)),
				&sure);
	code = skep_fixer_print(fx, "%.*s = bpf_sk_fullsock(%.*s);\n%s", SKEP_TEXT(name),
				SKEP_TEXT(name), code);
	skep_fixer_before(fx, &changes, fx->statement, code);
	skep_fixer_offer(
		fx, &changes, sure ? SKEP_FIX_MACHINE : SKEP_FIX_SUGGESTION,
		skep_fixer_print(fx, "get the full socket of `%.*s` first", SKEP_TEXT(name)), code);
}

/* Flags that have to be 0. */
static void pass_no_flags(struct skep_fixer *fx)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	struct skep_span call = skep_insn_callee(&fx->c->path.at[fx->c->refused].insn),
			 arguments[5];
	size_t at = call.length ? skep_ctext_find(&fx->text, s->start, s->end, call) : SKEP_NOWHERE;
	struct skep_changes changes = { .count = 0 };
	size_t count;

	if (at == SKEP_NOWHERE || skep_span_find(fx->c->message, SPAN("flags")) < 0)
		return;
	count = skep_ctext_arguments(&fx->text, at + call.length, arguments, 5);
	if (count < 2)
		return;
	at = skep_fixer_offset(fx, arguments[count - 1]);
	skep_fixer_replace(fx, &changes, at, at + arguments[count - 1].length, "0");
	skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
			 skep_fixer_print(fx, "%.*s(%.*s, ...) takes no flags: 0, not %.*s",
					  SKEP_TEXT(call), SKEP_TEXT(arguments[0]),
					  SKEP_TEXT(arguments[count - 1])),
			 "0");
}

void skep_fix_special(struct skep_fixer *fx)
{
	if (fx->statement < 0 || fx->c->refused == SKEP_NO_STEP)
		return;
	switch (fx->c->entry->number) {
	case 13:
		fetch_full_socket(fx);
		break;
	case 408:
		pass_no_flags(fx);
		break;
	case 520:
		keep_iterator(fx);
		break;
	case 602:
		share_map(fx);
		break;
	default:
		if (fx->body.at[fx->statement].kind == SKEP_C_PLAIN)
			write_members(fx);
		if (!fx->count && fx->body.at[fx->statement].kind == SKEP_C_PLAIN)
			leave_alone(fx);
		break;
	}
}
