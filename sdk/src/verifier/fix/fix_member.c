/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Members of structures: kernel pointers and locks in values, fields of the kernel's own. */
#include "fixer.h"

bool skep_fixer_structure(const struct skep_fixer *fx, const struct skep_cvariable *v, size_t *open,
			  size_t *close)
{
	struct skep_span tag = v->type;
	ptrdiff_t at = skep_span_find_word(tag, SPAN("struct"));

	if (at < 0)
		return false;
	tag = skep_span_trim(skep_span_from(tag, (size_t)at + strlen("struct")));
	tag.length = skep_span_word(tag);
	for (size_t from = 0; tag.length && from < fx->text.length;) {
		size_t found = skep_ctext_find(&fx->text, from, fx->text.length, tag);

		if (found == SKEP_NOWHERE)
			return false;
		from = found + tag.length;
		*open = skep_ctext_skip(&fx->text, from, fx->text.length);
		if (*open < fx->text.length && fx->text.code[*open] == '{') {
			*close = skep_ctext_match(&fx->text, *open, fx->text.length) - 1;
			return true;
		}
	}
	return false;
}

/* The member that a type has once: `char NAME[...]`. */
static bool only_text(const struct skep_fixer *fx, size_t open, size_t close,
		      struct skep_cvariable *found)
{
	int count = 0;

	for (size_t at = open + 1, end; at < close; at = end + 1) {
		struct skep_cvariable m;

		for (end = at; end < close && fx->text.code[end] != ';';)
			end = fx->text.code[end] == '{' ? skep_ctext_match(&fx->text, end, close)
							: end + 1;
		at = skep_ctext_skip(&fx->text, at, end);
		if (at == end || !skep_cvariable_read(&fx->text, at, end, SPAN(""), &m) ||
		    !m.array || m.stars || skep_span_find_word(m.type, SPAN("char")) < 0)
			continue;
		*found = m;
		count++;
	}
	return count == 1;
}

/* bpf_get_current_comm(v, sizeof(*v)): the name is one member of the value. */
static void fill_member(struct skep_fixer *fx)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	struct skep_span name = SPAN("bpf_get_current_comm"), arguments[2];
	size_t end = s->head == SKEP_NOWHERE ? s->end : s->head_end, open, close;
	size_t at = skep_ctext_find(&fx->text, s->start, end, name);
	struct skep_changes changes = { .count = 0 };
	struct skep_cvariable v, m;
	const char *code;

	if (at == SKEP_NOWHERE ||
	    skep_ctext_arguments(&fx->text, at + name.length, arguments, 2) != 2 ||
	    !skep_fixer_variable(fx, arguments[0], fx->at, &v) || v.stars != 1 ||
	    !skep_fixer_structure(fx, &v, &open, &close) || !only_text(fx, open, close, &m))
		return;
	code = skep_fixer_print(fx, "%.*s->%.*s, sizeof(%.*s->%.*s)", SKEP_TEXT(v.name),
				SKEP_TEXT(m.name), SKEP_TEXT(v.name), SKEP_TEXT(m.name));
	at = skep_fixer_offset(fx, arguments[0]);
	skep_fixer_replace(fx, &changes, at,
			   skep_fixer_offset(fx, arguments[1]) + arguments[1].length, code);
	skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
			 skep_fixer_print(fx, "fill `%.*s->%.*s` only", SKEP_TEXT(v.name),
					  SKEP_TEXT(m.name)),
			 skep_fixer_print(fx, "bpf_get_current_comm(%s)", code));
}

/* `struct task_struct *task;` in a map's value, for bpf_kptr_xchg(): `__kptr`. */
static void tag_member(struct skep_fixer *fx)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	struct skep_span name = SPAN("bpf_kptr_xchg"), argument, base;
	struct skep_changes changes = { .count = 0 };
	size_t at = skep_ctext_find(&fx->text, s->start, s->end, name), open, close;
	struct skep_cvariable v;
	ptrdiff_t arrow;

	if (at == SKEP_NOWHERE ||
	    !skep_ctext_arguments(&fx->text, at + name.length, &argument, 1) ||
	    !skep_take(&argument, SPAN("&")))
		return;
	arrow = skep_span_find(argument, SPAN("->"));
	if (arrow < 1)
		return;
	base = skep_span_upto(argument, (size_t)arrow);
	argument = skep_span_from(argument, (size_t)arrow + 2);
	if (!skep_fixer_variable(fx, base, fx->at, &v) ||
	    !skep_fixer_structure(fx, &v, &open, &close))
		return;
	at = skep_ctext_find(&fx->text, open, close, argument);
	if (at == SKEP_NOWHERE || fx->text.code[at - 1] != '*')
		return;
	skep_fixer_replace(fx, &changes, at - 1, at, "__kptr *");
	skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(fx, "tag `%.*s` as a pointer of the kernel", SKEP_TEXT(argument)),
		skep_fixer_print(fx, "__kptr *%.*s;", SKEP_TEXT(argument)));
}

void skep_fix_kptr(struct skep_fixer *fx)
{
	if (fx->statement < 0)
		return;
	tag_member(fx);
	if (!fx->count)
		fill_member(fx);
}

/* The member that `&v->lock` names, as its structure declares it. */
static bool find_member(const struct skep_fixer *fx, struct skep_span expression,
			struct skep_cvariable *m)
{
	struct skep_cvariable v;
	size_t open, close, at, start;
	ptrdiff_t arrow;

	while (expression.length && expression.at[0] == '(') {
		size_t from = skep_fixer_offset(fx, expression);
		size_t end = skep_ctext_match(&fx->text, from, from + expression.length);

		expression = skep_span_trim(skep_span_from(expression, end - from));
	}
	skep_take(&expression, SPAN("&"));
	arrow = skep_span_find(expression, SPAN("->"));
	if (arrow < 1 ||
	    !skep_fixer_variable(fx, skep_span_upto(expression, (size_t)arrow), fx->at, &v) ||
	    v.stars != 1 || !skep_fixer_structure(fx, &v, &open, &close))
		return false;
	expression = skep_span_from(expression, (size_t)arrow + 2);
	at = skep_ctext_find(&fx->text, open, close, expression);
	if (skep_span_word(expression) != expression.length || at == SKEP_NOWHERE)
		return false;
	for (start = at; start > open + 1 && fx->text.code[start - 1] != ';'; start--)
		;
	start = skep_ctext_skip(&fx->text, start, at);
	return skep_cvariable_read(&fx->text, start, skep_ctext_line_end(&fx->text, at), expression,
				   m);
}

/* A lock that is declared as the number that it is inside: `__u32 lock;`. */
void skep_fix_lock_type(struct skep_fixer *fx)
{
	static const char *const names[] = { "__u32", "u32", "int", "unsigned int", "uint32_t" };
	struct skep_changes changes = { .count = 0 };
	struct skep_span argument, call = SPAN("bpf_spin_lock");
	const struct skep_cstatement *s;
	struct skep_cvariable m;
	size_t at;

	if (fx->statement < 0 || skep_span_find(fx->c->message, SPAN("no valid")) < 0)
		return;
	s = &fx->body.at[fx->statement];
	at = skep_ctext_find(&fx->text, s->start, s->end, call);
	if (at == SKEP_NOWHERE ||
	    !skep_ctext_arguments(&fx->text, at + call.length, &argument, 1) ||
	    !find_member(fx, argument, &m) || !m.alone || m.stars || m.array)
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!skep_span_is(m.type, skep_span_of(names[i])))
			continue;
		skep_fixer_retype(fx, &changes, &m, "struct bpf_spin_lock");
		skep_fixer_offer(
			fx, &changes, SKEP_FIX_MACHINE,
			skep_fixer_print(fx, "declare `%.*s` as the lock that it is",
					 SKEP_TEXT(m.name)),
			skep_fixer_print(fx, "struct bpf_spin_lock %.*s;", SKEP_TEXT(m.name)));
		return;
	}
}

static bool has(const struct skep_fixer *fx, const char *text)
{
	return skep_span_find(skep_ctext_span(&fx->text, 0, fx->text.length), skep_span_of(text)) >=
	       0;
}

/* Where the variable's own structure has `*parent;`, and nothing that RCU keeps. */
static bool declare_real_parent(struct skep_fixer *fx, const struct skep_cvariable *v,
				struct skep_changes *changes)
{
	size_t open, close, at;

	if (has(fx, "vmlinux.h"))
		return true;
	if (!skep_fixer_structure(fx, v, &open, &close))
		return false;
	if (skep_ctext_find(&fx->text, open, close, SPAN("real_parent")) != SKEP_NOWHERE)
		return true;
	at = skep_ctext_find(&fx->text, open, close, SPAN("parent"));
	if (at == SKEP_NOWHERE || !has(fx, "preserve_access_index"))
		return false;
	at = skep_ctext_line_end(&fx->text, at) + 1;
	skep_fixer_replace(fx, changes, at, at,
			   skep_fixer_print(fx, "\t%.*s *real_parent;\n", SKEP_TEXT(v->type)));
	return true;
}

/*
 * task->parent is who is told of the end, and changes when a task is traced; the kernel lets nobody
 * rely on it. task->real_parent is who made it, and lives until RCU is done with it.
 */
void skep_fix_parent(struct skep_fixer *fx)
{
	struct skep_span call, argument, field = SPAN("");
	struct skep_changes changes = { .count = 0 };
	struct skep_assignment a;
	struct skep_cvariable v;
	ptrdiff_t arrow;
	size_t at;

	if (fx->statement < 0 || fx->c->refused == SKEP_NO_STEP || fx->c->reg < 1)
		return;
	call = skep_insn_callee(&fx->c->path.at[fx->c->refused].insn);
	argument = skep_fixer_argument(fx, call, (size_t)fx->c->reg - 1);
	if (argument.length && skep_span_word(argument) == argument.length) {
		if (!skep_fixer_assigned(fx, argument, fx->at, &a))
			return;
		argument = skep_ctext_code(&fx->text, a.start, a.end);
	}
	arrow = skep_span_find(argument, SPAN("->"));
	if (arrow > 0)
		field = skep_span_trim(skep_span_from(argument, (size_t)arrow + 2));
	if (!skep_span_is(field, SPAN("parent")) ||
	    !skep_fixer_variable(fx, skep_span_upto(argument, (size_t)arrow), fx->at, &v) ||
	    skep_span_find_word(v.type, SPAN("task_struct")) < 0 ||
	    !declare_real_parent(fx, &v, &changes))
		return;
	at = skep_fixer_offset(fx, field);
	skep_fixer_replace(fx, &changes, at, at, "real_");
	skep_fixer_offer(
		fx, &changes,
		skep_span_find(skep_fixer_section(fx), SPAN(".s")) >= 0 ? SKEP_FIX_SUGGESTION
									: SKEP_FIX_MACHINE,
		skep_fixer_print(fx,
				 "use `%.*s->real_parent`, which RCU keeps alive: the kernel lets "
				 "nobody rely on `%.*s`",
				 SKEP_TEXT(v.name), SKEP_TEXT(argument)),
		skep_fixer_print(fx, "%.*s->real_parent", SKEP_TEXT(v.name)));
}
