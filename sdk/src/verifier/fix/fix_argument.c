/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An argument of a helper that is not what the helper takes. */
#include "fixer.h"

struct call {
	struct skep_span name, arguments[5];
	size_t count, which; /* which: the refused one, from 0 */
};

/* `helper access to the packet is not allowed` does not say which argument it was. */
static size_t packet_argument(const struct skep_fixer *fx)
{
	for (int reg = 1; reg <= 5; reg++)
		if (skep_span_starts(skep_path_register(&fx->c->path, fx->c->refused, reg),
				     SPAN("pkt")))
			return (size_t)reg - 1;
	return SIZE_MAX;
}

static bool find_call(const struct skep_fixer *fx, struct call *call)
{
	const struct skep_cstatement *s = fx->statement < 0 ? NULL : &fx->body.at[fx->statement];
	size_t at;

	if (!s || fx->c->refused == SKEP_NO_STEP)
		return false;
	call->name = skep_insn_callee(&fx->c->path.at[fx->c->refused].insn);
	at = skep_ctext_find(&fx->text, s->start, s->end, call->name);
	if (at == SKEP_NOWHERE || fx->text.code[at + call->name.length] != '(')
		return false;
	call->count = skep_ctext_arguments(&fx->text, at + call->name.length, call->arguments, 5);
	call->which = fx->c->reg > 0 ? (size_t)fx->c->reg - 1 : packet_argument(fx);
	return call->which < call->count;
}

struct skep_span skep_fixer_argument(const struct skep_fixer *fx, struct skep_span call,
				     size_t index)
{
	const struct skep_cstatement *s = fx->statement < 0 ? NULL : &fx->body.at[fx->statement];
	struct skep_span arguments[5];
	size_t at = s && call.length ? skep_ctext_find(&fx->text, s->start, s->end, call)
				     : SKEP_NOWHERE;

	/* The kernel's name of a function may have an end that a macro hides. */
	if (at == SKEP_NOWHERE || fx->text.code[at + call.length] != '(' ||
	    skep_ctext_arguments(&fx->text, at + call.length, arguments, 5) <= index || index > 4)
		return SPAN("");
	return arguments[index];
}

static bool replace(struct skep_fixer *fx, struct skep_span argument, const char *with,
		    const char *lines, const char *text)
{
	struct skep_changes changes = { .count = 0 };
	size_t at = skep_fixer_offset(fx, argument);

	if (*lines)
		skep_fixer_before(fx, &changes, fx->statement, lines);
	skep_fixer_replace(fx, &changes, at, at + argument.length, with);
	return skep_fixer_offer(fx, &changes,
				*lines && fx->body.at[fx->statement].kind == SKEP_C_LOOP
					? SKEP_FIX_SUGGESTION
					: SKEP_FIX_MACHINE,
				text, *lines ? lines : with);
}

static bool is_map(const struct skep_fixer *fx, struct skep_span argument)
{
	struct skep_cvariable v;

	return skep_take(&argument, SPAN("&")) && skep_cvariable_global(&fx->text, argument, &v) &&
	       skep_span_find(v.type, SPAN("__uint")) >= 0;
}

/* The context, where the function has one. */
static bool find_context(const struct skep_fixer *fx, struct skep_cvariable *v)
{
	return fx->function.section.length && !fx->function.macro &&
	       skep_cvariable_parameter(&fx->text, &fx->function, 0, v) && v->stars == 1;
}

static bool swap_with_map(struct skep_fixer *fx, const struct call *call)
{
	struct skep_changes changes = { .count = 0 };

	for (size_t i = 0; i < call->count; i++) {
		struct skep_span a = call->arguments[i], b = call->arguments[call->which];

		if (i == call->which || !is_map(fx, a))
			continue;
		skep_fixer_replace(fx, &changes, skep_fixer_offset(fx, a),
				   skep_fixer_offset(fx, a) + a.length,
				   skep_arena_copy(fx->arena, b));
		skep_fixer_replace(fx, &changes, skep_fixer_offset(fx, b),
				   skep_fixer_offset(fx, b) + b.length,
				   skep_arena_copy(fx->arena, a));
		return skep_fixer_offer(
			fx, &changes, SKEP_FIX_MACHINE,
			skep_fixer_print(fx, "%.*s() takes `%.*s` in the place of `%.*s`",
					 SKEP_TEXT(call->name), SKEP_TEXT(a), SKEP_TEXT(b)),
			NULL);
	}
	return false;
}

/* The map of the file, where there is only one. */
static struct skep_span only_map(const struct skep_fixer *fx)
{
	struct skep_span all = skep_ctext_span(&fx->text, 0, fx->text.length), found = SPAN("");
	size_t from = 0;

	for (;;) {
		ptrdiff_t at = skep_span_find(skep_span_from(all, from), SPAN("SEC(\".maps\")"));
		size_t end;

		if (at < 0)
			return found;
		from += (size_t)at;
		end = skep_ctext_back(&fx->text, from, 0);
		from++;
		if (found.length || end == SKEP_NOWHERE)
			return SPAN("");
		for (at = (ptrdiff_t)end; at > 0 && skep_is_word(fx->text.code[at - 1]); at--)
			;
		found = skep_ctext_code(&fx->text, (size_t)at, end + 1);
	}
}

static bool pass_map(struct skep_fixer *fx, const struct call *call)
{
	struct skep_span map = only_map(fx);
	const char *with = skep_fixer_print(fx, "&%.*s", SKEP_TEXT(map));

	if (swap_with_map(fx, call))
		return true;
	return map.length && replace(fx, call->arguments[call->which], with, "",
				     skep_fixer_print(fx, "pass the map `%.*s`", SKEP_TEXT(map)));
}

/* A number where memory is wanted: its address. */
static bool pass_address(struct skep_fixer *fx, const struct call *call)
{
	struct skep_span argument = call->arguments[call->which], inner = argument;
	struct skep_cvariable v;
	const char *with;

	while (inner.length && inner.at[0] == '(') {
		size_t at = skep_fixer_offset(fx, inner);
		size_t end = skep_ctext_match(&fx->text, at, at + inner.length);

		inner = skep_span_trim(skep_span_from(inner, end - at));
	}
	if (!inner.length || skep_span_word(inner) != inner.length ||
	    !skep_fixer_variable(fx, inner, fx->at, &v) || !skep_cvariable_is_number(&v))
		return false;
	with = skep_fixer_print(fx, "&%.*s", SKEP_TEXT(inner));
	return replace(fx, argument, with, "",
		       skep_fixer_print(fx, "pass the address of `%.*s`", SKEP_TEXT(inner)));
}

/* A pointer that is a number to the verifier: what it points to is copied first. */
static bool pass_text(struct skep_fixer *fx, const struct call *call)
{
	struct skep_span argument = call->arguments[call->which];
	const char *name = skep_fixer_fresh(fx, "copy"), *helper = skep_fixer_reader(fx);
	struct skep_span map = skep_path_register(&fx->c->path, fx->c->refused, 1), rest;
	int64_t bytes = 64;
	struct skep_cvariable v;

	if (!skep_fixer_variable(fx, argument, fx->at, &v) || v.stars != 1 || v.array ||
	    skep_span_find_word(v.type, SPAN("char")) < 0)
		return false;
	if (call->which + 1 < call->count) {
		rest = call->arguments[call->which + 1];
		/* The length is without the end of the string, which the copy has. */
		bytes = skep_take_number(&rest, &bytes) ? bytes + 1 : 64;
	}
	if (call->which == 1 && skep_span_starts(map, SPAN("map_ptr")))
		skep_value_number(map, "ks", &bytes);
	if (bytes < 1 || bytes > 256)
		return false;
	return replace(fx, argument, name,
		       skep_fixer_print(fx, "char %s[%lld] = {};\n\n%s_str(%s, sizeof(%s), %.*s);",
					name, (long long)bytes, helper, name, name,
					SKEP_TEXT(argument)),
		       skep_fixer_print(fx, "copy what `%.*s` points to, and pass the copy",
					SKEP_TEXT(argument)));
}

/* bpf_get_current_task() gives a number, bpf_get_current_task_btf() the pointer. */
static bool pass_task(struct skep_fixer *fx, const struct call *call)
{
	struct skep_span argument = call->arguments[call->which];
	struct skep_span name = SPAN("bpf_get_current_task");
	struct skep_changes changes = { .count = 0 };
	size_t start = skep_fixer_offset(fx, argument), end = start + argument.length, at;
	struct skep_assignment a;

	if (skep_span_word(argument) == argument.length) {
		if (!skep_fixer_assigned(fx, argument, fx->at, &a))
			return false;
		start = a.start;
		end = a.end;
	}
	at = skep_ctext_find(&fx->text, start, end, name);
	if (at == SKEP_NOWHERE || skep_ctext_match(&fx->text, at + name.length, end) != end)
		return false;
	skep_fixer_replace(fx, &changes, at + name.length, at + name.length, "_btf");
	return skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(
			fx,
			"get `%.*s` from bpf_get_current_task_btf(), which gives a pointer: "
			"bpf_get_current_task() gives a number",
			SKEP_TEXT(argument)),
		"bpf_get_current_task_btf()");
}

/* A key or a value as it stands, where its address is wanted: `lookup(&m, 0)`. */
static bool pass_variable(struct skep_fixer *fx, const struct call *call)
{
	struct skep_span argument = call->arguments[call->which];
	struct skep_span map = skep_path_register(&fx->c->path, fx->c->refused, 1);
	const char *name = skep_fixer_fresh(fx, call->which == 1 ? "key" : "value"), *type;
	int64_t bytes = 0;

	if (skep_span_find(call->name, SPAN("bpf_map_")) < 0 || !call->which || call->which > 2 ||
	    !skep_value_number(map, call->which == 1 ? "ks" : "vs", &bytes) ||
	    skep_span_find(argument, SPAN("*)")) >= 0)
		return false;
	type = bytes == 8 ? "__u64" : bytes == 4 ? "__u32" : bytes == 2 ? "__u16" : NULL;
	if (!type)
		return false;
	return replace(fx, argument, skep_fixer_print(fx, "&%s", name),
		       skep_fixer_print(fx, "%s %s = %.*s;\n", type, name, SKEP_TEXT(argument)),
		       skep_fixer_print(fx, "pass the address of a variable that has `%.*s`",
					SKEP_TEXT(argument)));
}

/* `&task->pid`: memory of the kernel, which the helper does not take; a copy of it does. */
static bool pass_copy(struct skep_fixer *fx, const struct call *call)
{
	struct skep_span argument = call->arguments[call->which], inner = argument;
	const char *name = skep_fixer_fresh(fx, "copy");

	if (!skep_take(&inner, SPAN("&")) || skep_span_find(inner, SPAN("->")) < 0)
		return false;
	return replace(fx, argument, skep_fixer_print(fx, "&%s", name),
		       skep_fixer_print(fx, "__typeof__(%.*s) %s = %.*s;\n", SKEP_TEXT(inner), name,
					SKEP_TEXT(inner)),
		       skep_fixer_print(fx, "pass a copy of `%.*s`", SKEP_TEXT(inner)));
}

/* `&e->pid`, `e + 1`: `e` itself. */
static bool pass_whole(struct skep_fixer *fx, const struct call *call)
{
	struct skep_span argument = call->arguments[call->which], inner = argument;
	struct skep_cvariable v;

	skep_take(&inner, SPAN("&"));
	inner.length = skep_span_word(inner);
	if (!inner.length || skep_span_is(inner, argument) ||
	    !skep_fixer_variable(fx, inner, fx->at, &v) || v.stars != 1)
		return false;
	return replace(fx, argument, skep_arena_copy(fx->arena, inner), "",
		       skep_fixer_print(fx, "pass `%.*s` itself to %.*s()", SKEP_TEXT(inner),
					SKEP_TEXT(call->name)));
}

void skep_fix_argument(struct skep_fixer *fx)
{
	struct skep_span expected = skep_fields_get(&fx->c->fields, SPAN("expected"));
	struct skep_span type = skep_fields_get(&fx->c->fields, SPAN("type"));
	struct call call = { .count = 0 };
	struct skep_cvariable v;

	if (!find_call(fx, &call))
		return;
	if (fx->c->entry->number == 132) {
		pass_whole(fx, &call);
	} else if (skep_span_starts(expected, SPAN("map_ptr"))) {
		pass_map(fx, &call);
	} else if (!call.which && packet_argument(fx) == 0 && find_context(fx, &v) &&
		   skep_span_find(call.name, SPAN("bpf_skb_")) >= 0) {
		replace(fx, call.arguments[0], skep_arena_copy(fx->arena, v.name), "",
			skep_fixer_print(fx, "%.*s() takes the context", SKEP_TEXT(call.name)));
	} else if (skep_span_starts(expected, SPAN("ctx")) && find_context(fx, &v)) {
		replace(fx, call.arguments[call.which], skep_arena_copy(fx->arena, v.name), "",
			skep_fixer_print(fx, "pass the context `%.*s`", SKEP_TEXT(v.name)));
	} else if (skep_span_starts(type, SPAN("scalar")) || !type.length) {
		if (!pass_task(fx, &call) && !pass_address(fx, &call))
			if (!pass_text(fx, &call))
				pass_variable(fx, &call);
	} else {
		pass_copy(fx, &call);
	}
}
