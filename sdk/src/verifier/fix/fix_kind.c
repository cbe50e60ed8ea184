/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A pointer of a kind that is not read through, or not given away: the one that is meant. */
#include "fixer.h"
#include "verifier/facts/names.h"

/* Behind casts: `(struct sock *)(void *)x` is `x`. */
static struct skep_span without_casts(const struct skep_fixer *fx, struct skep_span text)
{
	text = skep_span_trim(text);
	while (text.length && text.at[0] == '(') {
		size_t at = skep_fixer_offset(fx, text);
		size_t end = skep_ctext_match(&fx->text, at, at + text.length);

		if (end - at >= text.length)
			break;
		text = skep_span_trim(skep_span_from(text, end - at));
	}
	return text;
}

static struct skep_span refused_call(const struct skep_fixer *fx)
{
	return skep_insn_callee(&fx->c->path.at[fx->c->refused].insn);
}

/* A record of a user ring is a dynptr: `c = (struct command *)record`. */
static void read_dynptr(struct skep_fixer *fx)
{
	struct skep_span name = skep_fields_get(&fx->c->fields, SPAN("var")), from;
	struct skep_changes changes = { .count = 0 };
	struct skep_assignment a;
	struct skep_cvariable v, p;
	const char *code, *check;
	bool sure = true;

	if (skep_span_find(fx->c->message, SPAN("dynptr_ptr")) < 0 ||
	    !skep_fixer_variable(fx, name, fx->at, &v) || v.stars != 1 ||
	    !skep_fixer_assigned(fx, name, fx->at, &a) || fx->body.at[a.statement].lone)
		return;
	from = without_casts(fx, skep_ctext_code(&fx->text, a.start, a.end));
	if (!skep_fixer_variable(fx, from, fx->at, &p) || p.stars != 1 ||
	    skep_span_find_word(p.type, SPAN("bpf_dynptr")) < 0)
		return;
	code = skep_fixer_print(fx, "bpf_dynptr_data(%.*s, 0, sizeof(*%.*s))", SKEP_TEXT(from),
				SKEP_TEXT(name));
	check = skep_fixer_leave(fx, fx->c->refused, skep_fixer_print(fx, "!%.*s", SKEP_TEXT(name)),
				 &sure);
	skep_fixer_replace(fx, &changes, a.start, a.end, code);
	skep_fixer_behind(fx, &changes, a.statement, check);
	skep_fixer_offer(fx, &changes, sure ? SKEP_FIX_MACHINE : SKEP_FIX_SUGGESTION,
			 skep_fixer_print(fx, "ask for the memory behind `%.*s`, which is a dynptr",
					  SKEP_TEXT(from)),
			 skep_fixer_print(fx, "%.*s = %s;\n%s", SKEP_TEXT(name), code, check));
}

/* The end of the block that a statement is in; SKEP_NOWHERE inside loops. */
static size_t end_of_block(const struct skep_fixer *fx, int statement)
{
	int parent = fx->body.at[statement].parent;
	size_t end = parent < 0 ? fx->function.end : fx->body.at[parent].end;

	for (; parent >= 0; parent = fx->body.at[parent].parent)
		if (fx->body.at[parent].kind == SKEP_C_LOOP)
			return SKEP_NOWHERE;
	return end;
}

/* Every `name->` in [from, end) is one of `with` instead. How many; -1 where `name` stands alone. */
static int rename_uses(const struct skep_fixer *fx, struct skep_changes *changes,
		       struct skep_span name, size_t from, size_t end, const char *with)
{
	int count = 0;

	while ((from = skep_ctext_find(&fx->text, from, end, name)) != SKEP_NOWHERE) {
		size_t behind = from + name.length;

		if (from && (fx->text.code[from - 1] == '.' || fx->text.code[from - 1] == '>')) {
			from = behind;
			continue;
		}
		if (behind + 1 >= end || fx->text.code[behind] != '-' ||
		    fx->text.code[behind + 1] != '>')
			return -1;
		skep_fixer_replace(fx, changes, from, behind + 2, with);
		from = behind + 2;
		count++;
	}
	return count;
}

/* An object or a variable that each CPU has a copy of. */
static void read_this_cpu(struct skep_fixer *fx)
{
	struct skep_span name = skep_fields_get(&fx->c->fields, SPAN("var"));
	struct skep_changes changes = { .count = 0 };
	const char *mine, *code;
	struct skep_cvariable v;
	size_t end, at;

	if (skep_span_find(fx->c->message, SPAN("percpu memory")) < 0)
		return;
	if (name.length && skep_fixer_variable(fx, name, fx->at, &v) && v.stars == 1 &&
	    v.place != SKEP_C_GLOBAL) {
		end = end_of_block(fx, fx->statement);
		mine = skep_fixer_fresh(fx, skep_fixer_print(fx, "my_%.*s", SKEP_TEXT(name)));
		code = skep_fixer_print(fx, "%.*s *%s = bpf_this_cpu_ptr(%.*s);\n",
					SKEP_TEXT(v.type), mine, SKEP_TEXT(name));
		if (end == SKEP_NOWHERE || fx->body.at[fx->statement].lone ||
		    rename_uses(fx, &changes, name, fx->body.at[fx->statement].start, end,
				skep_fixer_print(fx, "%s->", mine)) < 1)
			return;
		skep_fixer_before(fx, &changes, fx->statement, code);
		skep_fixer_offer(
			fx, &changes, SKEP_FIX_MACHINE,
			skep_fixer_print(fx, "ask for this CPU's copy of `%.*s`", SKEP_TEXT(name)),
			code);
		return;
	}
	for (at = fx->at; at < fx->end; at += name.length ? name.length : 1) {
		name = skep_ctext_word(&fx->text, at);
		if (!name.length || !skep_cvariable_global(&fx->text, name, &v) || v.stars ||
		    fx->text.code[at + name.length] != '.')
			continue;
		code = skep_fixer_print(fx, "((__typeof__(%.*s) *)bpf_this_cpu_ptr(&%.*s))->",
					SKEP_TEXT(name), SKEP_TEXT(name));
		skep_fixer_replace(fx, &changes, at, at + name.length + 1, code);
		skep_fixer_offer(
			fx, &changes, SKEP_FIX_MACHINE,
			skep_fixer_print(fx, "ask for this CPU's copy of `%.*s`", SKEP_TEXT(name)),
			code);
		return;
	}
}

/* `bpf_obj_drop(node)`: the object that the node is in, as another line of the function has it. */
static void pass_container(struct skep_fixer *fx)
{
	struct skep_span argument, name, of = SPAN("container_of"), parts[3], call;
	struct skep_changes changes = { .count = 0 };
	size_t at = fx->function.body, from;
	const char *code;

	if (fx->c->reg < 1)
		return;
	call = refused_call(fx);
	argument = skep_fixer_argument(fx, call, (size_t)fx->c->reg - 1);
	if (!argument.length)
		argument = skep_fixer_argument(
			fx, skep_span_of(skep_fixer_print(fx, "%.*s_impl", SKEP_TEXT(call))),
			(size_t)fx->c->reg - 1);
	name = without_casts(fx, argument);
	if (!name.length || skep_span_word(name) != name.length)
		return;
	for (; (at = skep_ctext_find(&fx->text, at, fx->function.end, of)) != SKEP_NOWHERE;
	     at += of.length) {
		if (skep_ctext_arguments(&fx->text, at + of.length, parts, 3) != 3 ||
		    !skep_span_is(parts[0], name))
			continue;
		code = skep_fixer_print(fx, "container_of(%.*s, %.*s, %.*s)", SKEP_TEXT(parts[0]),
					SKEP_TEXT(parts[1]), SKEP_TEXT(parts[2]));
		from = skep_fixer_offset(fx, argument);
		skep_fixer_replace(fx, &changes, from, from + argument.length, code);
		skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
				 skep_fixer_print(fx, "pass the `%.*s` that `%.*s` is in",
						  SKEP_TEXT(parts[1]), SKEP_TEXT(name)),
				 code);
		return;
	}
}

/* `tp = bpf_skc_to_tcp_sock(sk)`: what is converted is no longer the trusted one. */
static void pass_unconverted(struct skep_fixer *fx)
{
	struct skep_span argument, name, value, given;
	struct skep_changes changes = { .count = 0 };
	struct skep_assignment a, again;
	const char *code;
	size_t at;

	if (fx->c->reg < 1)
		return;
	argument = skep_fixer_argument(fx, refused_call(fx), (size_t)fx->c->reg - 1);
	name = without_casts(fx, argument);
	if (!name.length || skep_span_word(name) != name.length ||
	    !skep_fixer_assigned(fx, name, fx->at, &a))
		return;
	value = without_casts(fx, skep_ctext_code(&fx->text, a.start, a.end));
	if (!skep_span_starts(value, SPAN("bpf_skc_to_")))
		return;
	at = skep_fixer_offset(fx, value) + skep_span_word(value);
	if (fx->text.code[at] != '(' || skep_ctext_arguments(&fx->text, at, &given, 1) != 1 ||
	    !given.length || skep_span_word(given) != given.length ||
	    (skep_fixer_assigned(fx, given, fx->at, &again) && again.start > a.start))
		return;
	code = skep_fixer_print(fx, "%.*s", SKEP_TEXT(given));
	at = skep_fixer_offset(fx, name);
	skep_fixer_replace(fx, &changes, at, at + name.length, code);
	skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
			 skep_fixer_print(fx,
					  "pass `%.*s`, which the kernel keeps alive: `%.*s` was "
					  "made of it by %.*s()",
					  SKEP_TEXT(given), SKEP_TEXT(name),
					  (int)skep_span_word(value), value.at),
			 code);
}

/* `key->x &= 15;` where the key may only be read, and is read again: a copy of it. */
void skep_fix_copy(struct skep_fixer *fx)
{
	struct skep_span name = skep_fields_get(&fx->c->fields, SPAN("var"));
	const struct skep_cstatement *s = fx->statement < 0 ? NULL : &fx->body.at[fx->statement];
	struct skep_changes changes = { .count = 0 };
	struct skep_cvariable v;
	const char *copy, *code;
	size_t end, again;
	int uses;

	if (!s || s->kind != SKEP_C_PLAIN || s->lone || !name.length ||
	    !skep_fixer_variable(fx, name, fx->at, &v) || v.stars != 1 || v.array ||
	    v.place == SKEP_C_GLOBAL || skep_span_find_word(v.type, SPAN("void")) >= 0)
		return;
	end = end_of_block(fx, fx->statement);
	if (end == SKEP_NOWHERE)
		return;
	/* Where nothing reads it afterwards, a change of a copy would be lost. */
	again = skep_ctext_find(&fx->text, s->end, end, name);
	if (again == SKEP_NOWHERE ||
	    skep_ctext_find(&fx->text, end, fx->function.end, name) != SKEP_NOWHERE)
		return;
	copy = skep_fixer_fresh(fx, skep_fixer_print(fx, "%.*s_copy", SKEP_TEXT(name)));
	uses = rename_uses(fx, &changes, name, s->start, end, skep_fixer_print(fx, "%s.", copy));
	if (uses < 2)
		return;
	skep_take(&v.type, SPAN("const "));
	code = skep_fixer_print(fx, "%.*s %s = *%.*s;\n", SKEP_TEXT(v.type), copy, SKEP_TEXT(name));
	skep_fixer_before(fx, &changes, fx->statement, code);
	skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(fx, "change a copy: `%.*s` may only be read", SKEP_TEXT(name)),
		code);
}

void skep_fix_kind(struct skep_fixer *fx)
{
	if (fx->statement < 0 || fx->c->refused == SKEP_NO_STEP)
		return;
	switch (fx->c->entry->number) {
	case 11:
		read_dynptr(fx);
		break;
	case 12:
		read_this_cpu(fx);
		break;
	case 132:
		pass_container(fx);
		break;
	default:
		pass_unconverted(fx);
		break;
	}
}

/* `data + (__u64)ip + n`: an address has been added to another; the second one was meant. */
static void drop_address(struct skep_fixer *fx)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	struct skep_changes changes = { .count = 0 };

	for (size_t at = s->start; at < s->end; at++) {
		struct skep_span word = skep_ctext_word(&fx->text, at), second;
		size_t plus, cast, last = skep_ctext_back(&fx->text, at, s->start);
		struct skep_cvariable v;

		if (!word.length)
			continue;
		plus = skep_ctext_skip(&fx->text, at + word.length, s->end);
		cast = skep_ctext_skip(&fx->text, plus + 1, s->end);
		at += word.length - 1;
		if (last == SKEP_NOWHERE || !strchr("=(", fx->text.code[last]) ||
		    fx->text.code[plus] != '+' || fx->text.code[cast] != '(' ||
		    !skep_fixer_variable(fx, word, fx->at, &v) || v.stars < 1)
			continue;
		cast = skep_ctext_match(&fx->text, cast, s->end);
		second = skep_ctext_word(&fx->text, cast);
		if (!skep_fixer_variable(fx, second, fx->at, &v) || v.stars < 1 ||
		    skep_span_find(second, SPAN("end")) >= 0)
			continue;
		skep_fixer_replace(fx, &changes, at + 1 - word.length, cast, "(void *)");
		skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
				 skep_fixer_print(fx,
						  "count from `%.*s` alone: it is an address, not "
						  "an offset from `%.*s`",
						  SKEP_TEXT(second), SKEP_TEXT(word)),
				 skep_fixer_print(fx, "(void *)%.*s", SKEP_TEXT(second)));
		return;
	}
}

static bool is_narrow(struct skep_span type)
{
	static const char *const names[] = { "int",          "__u32",    "u32",   "unsigned",
					     "unsigned int", "uint32_t", "__s32", "s32" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (skep_span_is(type, skep_span_of(names[i])))
			return true;
	return false;
}

static bool is_packet_field(struct skep_span value)
{
	static const char *const names[] = { "->data", "->data_end", "->data_meta" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ptrdiff_t at = skep_span_find(value, skep_span_of(names[i]));

		if (at > 0 && (size_t)at + strlen(names[i]) == value.length)
			return true;
	}
	return false;
}

/* `f(skb->data, skb->data_end)` where f takes them as int: half of an address. */
static void widen_parameters(struct skep_fixer *fx)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	struct skep_changes changes = { .count = 0 };
	struct skep_cfunction f;

	for (size_t at = 0; skep_cfunction_next(&fx->text, &at, &f) && !changes.count;) {
		size_t call = skep_ctext_find(&fx->text, s->start, s->end, f.name), count;
		struct skep_span arguments[6];
		struct skep_cvariable v;

		if (call == SKEP_NOWHERE || fx->text.code[call + f.name.length] != '(')
			continue;
		count = skep_ctext_arguments(&fx->text, call + f.name.length, arguments, 6);
		for (size_t i = 0; i < count; i++)
			if (is_packet_field(arguments[i]) &&
			    skep_cvariable_parameter(&fx->text, &f, i, &v) && is_narrow(v.type) &&
			    !v.stars)
				skep_fixer_retype(fx, &changes, &v, "long");
		if (changes.count)
			skep_fixer_offer(
				fx, &changes, SKEP_FIX_MACHINE,
				skep_fixer_print(fx,
						 "let %.*s() take the addresses as `long`: an int "
						 "holds half of one",
						 SKEP_TEXT(f.name)),
				"long");
	}
}

void skep_fix_sum(struct skep_fixer *fx)
{
	if (fx->statement < 0)
		return;
	if (fx->c->entry->number == 302)
		drop_address(fx);
	else
		widen_parameters(fx);
}
