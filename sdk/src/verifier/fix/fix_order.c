/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Statements that are right, but come too late or too early, or once too often. */
#include "fixer.h"
#include "verifier/facts/names.h"

/* Moves a whole statement; false where it does not stand on lines of its own. */
static bool move(struct skep_fixer *fx, int statement, int to, bool behind, const char *text)
{
	const struct skep_cstatement *s = &fx->body.at[statement];
	struct skep_changes changes = { .count = 0 };
	size_t start = skep_ctext_line_start(&fx->text, s->start);
	size_t end = skep_ctext_line_end(&fx->text, s->end);
	const char *code = skep_arena_copy(fx->arena, skep_ctext_span(&fx->text, s->start, s->end));

	if (s->kind != SKEP_C_PLAIN || s->lone || fx->body.at[to].lone ||
	    skep_ctext_skip(&fx->text, start, s->start) != s->start ||
	    skep_ctext_skip(&fx->text, s->end, end) != end || end == fx->text.length)
		return false;
	if (behind)
		skep_fixer_behind(fx, &changes, to, code);
	else
		skep_fixer_before(fx, &changes, to, code);
	skep_fixer_replace(fx, &changes, start, end + 1, "");
	return skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE, text, code);
}

/* The sibling before the refused statement that has this word; -1 if there is none. */
static int find_before(const struct skep_fixer *fx, struct skep_span word)
{
	int at = fx->statement;

	while (at >= 0 && (at = skep_cbody_before(&fx->body, at)) >= 0)
		if (fx->body.at[at].kind == SKEP_C_PLAIN &&
		    skep_span_find(skep_fixer_statement(fx, at), word) >= 0)
			return at;
	return -1;
}

/* The section ended before the pointer that it protects was used. */
static void keep_section_open(struct skep_fixer *fx)
{
	int unlock = find_before(fx, SPAN("bpf_rcu_read_unlock("));

	if (unlock >= 0)
		move(fx, unlock, fx->statement, true,
		     skep_fixer_print(fx, "leave the RCU section behind `%.*s`",
				      SKEP_TEXT(skep_fixer_statement(fx, fx->statement))));
}

static void use_before_submit(struct skep_fixer *fx)
{
	int submit = find_before(fx, SPAN("_submit"));

	if (submit < 0)
		submit = find_before(fx, SPAN("_discard"));
	if (submit >= 0)
		move(fx, fx->statement, submit, false,
		     skep_fixer_print(fx, "`%.*s` comes before `%.*s`, which gives it away",
				      SKEP_TEXT(skep_fixer_statement(fx, fx->statement)),
				      SKEP_TEXT(skep_fixer_statement(fx, submit))));
}

static void remove_statement(struct skep_fixer *fx)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	struct skep_changes changes = { .count = 0 };
	struct skep_span call = skep_insn_callee(&fx->c->path.at[fx->c->refused].insn);

	if (s->kind != SKEP_C_PLAIN || !skep_ctext_is_word(&fx->text, s->start, call))
		return;
	skep_fixer_remove(fx, &changes, fx->statement);
	skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
			 skep_fixer_print(fx, "do not call %.*s(%.*s): it is not held here",
					  SKEP_TEXT(call),
					  SKEP_TEXT(skep_fixer_argument(fx, call, 0))),
			 NULL);
}

/* `__u64 now = bpf_ktime_get_ns();`: a local variable, and nothing but the call. */
static bool is_call_alone(const struct skep_fixer *fx, int statement, size_t at, size_t end)
{
	const struct skep_cstatement *s = &fx->body.at[statement];
	struct skep_span name = skep_name_assigned(skep_fixer_statement(fx, statement));
	size_t last = skep_ctext_back(&fx->text, at, s->start);
	struct skep_cvariable v;

	return s->kind == SKEP_C_PLAIN && end + 1 == s->end && last != SKEP_NOWHERE &&
	       fx->text.code[last] == '=' && skep_is_word(fx->text.code[last - 2]) &&
	       skep_fixer_variable(fx, name, s->end, &v) && v.place == SKEP_C_LOCAL &&
	       (v.statement != statement || v.alone);
}

/* `v->seen = bpf_ktime_get_ns();` under a lock: the call comes before it. */
static void call_before_lock(struct skep_fixer *fx)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	struct skep_span call = skep_insn_callee(&fx->c->path.at[fx->c->refused].insn);
	struct skep_changes changes = { .count = 0 };
	struct skep_span arguments[5];
	const char *name = skep_fixer_fresh(fx, "now"), *code;
	size_t at, end, count;
	int lock = -1;

	for (int up = fx->statement; up >= 0 && lock < 0; up = fx->body.at[up].parent)
		for (lock = skep_cbody_before(&fx->body, up); lock >= 0;
		     lock = skep_cbody_before(&fx->body, lock))
			if (skep_span_find(skep_fixer_statement(fx, lock),
					   SPAN("bpf_spin_lock(")) >= 0)
				break;
	at = call.length ? skep_ctext_find(&fx->text, s->start, s->end, call) : SKEP_NOWHERE;
	if (lock < 0 || at == SKEP_NOWHERE || skep_span_starts(call, SPAN("bpf_spin_")) ||
	    fx->text.code[at + call.length] != '(')
		return;
	count = skep_ctext_arguments(&fx->text, at + call.length, arguments, 5);
	end = skep_ctext_match(&fx->text, at + call.length, s->end);
	if (!count && is_call_alone(fx, fx->statement, at, end) &&
	    move(fx, fx->statement, lock, false,
		 skep_fixer_print(fx, "call %.*s() before the lock is taken", SKEP_TEXT(call))))
		return;
	if (skep_span_find(call, SPAN("ktime")) < 0)
		name = skep_fixer_fresh(fx, "value");
	code = skep_fixer_print(fx, "__u64 %s = %.*s;\n", name,
				SKEP_TEXT(skep_ctext_code(&fx->text, at, end)));
	skep_fixer_before(fx, &changes, lock, code);
	skep_fixer_replace(fx, &changes, at, end, name);
	skep_fixer_offer(
		fx, &changes, count ? SKEP_FIX_SUGGESTION : SKEP_FIX_MACHINE,
		skep_fixer_print(fx, "call %.*s() before the lock is taken", SKEP_TEXT(call)),
		code);
}

static bool is_in_braces(const struct skep_fixer *fx, size_t at)
{
	int depth = 0;

	for (size_t i = 0; i < at; i++)
		depth += (fx->text.code[i] == '{') - (fx->text.code[i] == '}');
	return depth > 0;
}

/* `struct bpf_spin_lock name` outside functions, where there is one only. */
static struct skep_span only_lock(const struct skep_fixer *fx)
{
	struct skep_span all = skep_ctext_code(&fx->text, 0, fx->text.length), found = SPAN("");

	for (size_t from = 0;;) {
		ptrdiff_t at =
			skep_span_find(skep_span_from(all, from), SPAN("struct bpf_spin_lock "));

		if (at < 0)
			return found;
		from += (size_t)at + strlen("struct bpf_spin_lock ");
		if (found.length || is_in_braces(fx, from))
			return SPAN("");
		found = skep_ctext_word(&fx->text, from);
	}
}

static void hold_lock(struct skep_fixer *fx)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	struct skep_changes changes = { .count = 0 };
	struct skep_span lock = only_lock(fx);

	if (!lock.length || s->kind != SKEP_C_PLAIN || s->lone ||
	    skep_span_find(fx->c->message, SPAN("must be held")) < 0)
		return;
	skep_fixer_before(fx, &changes, fx->statement,
			  skep_fixer_print(fx, "bpf_spin_lock(&%.*s);", SKEP_TEXT(lock)));
	skep_fixer_behind(fx, &changes, fx->statement,
			  skep_fixer_print(fx, "bpf_spin_unlock(&%.*s);", SKEP_TEXT(lock)));
	skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
			 skep_fixer_print(fx, "hold `%.*s` around the operation", SKEP_TEXT(lock)),
			 skep_fixer_print(fx, "bpf_spin_lock(&%.*s);\n...\nbpf_spin_unlock(&%.*s);",
					  SKEP_TEXT(lock), SKEP_TEXT(lock)));
}

void skep_fix_order(struct skep_fixer *fx)
{
	if (fx->statement < 0 || fx->c->refused == SKEP_NO_STEP)
		return;
	switch (fx->c->entry->number) {
	case 407:
		keep_section_open(fx);
		break;
	case 502:
		remove_statement(fx);
		break;
	case 510:
		use_before_submit(fx);
		break;
	case 531:
		hold_lock(fx);
		break;
	case 601:
		call_before_lock(fx);
		break;
	default:
		break;
	}
}
