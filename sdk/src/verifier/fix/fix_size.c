/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The length that a helper is told. */
#include "fix_clamp.h"
#include "verifier/facts/names.h"

struct call {
	struct skep_span name, arguments[5];
	size_t count;
};

/* The refused call as the statement has it; false where a macro hides it. */
static bool find_call(const struct skep_fixer *fx, struct call *call)
{
	const struct skep_cstatement *s = fx->statement < 0 ? NULL : &fx->body.at[fx->statement];
	size_t at;

	call->name = skep_insn_callee(&fx->c->path.at[fx->c->refused].insn);
	if (!s || !call->name.length)
		return false;
	at = skep_ctext_find(&fx->text, s->start, s->end, call->name);
	if (at == SKEP_NOWHERE || fx->text.code[at + call->name.length] != '(')
		return false;
	call->count = skep_ctext_arguments(&fx->text, at + call->name.length, call->arguments, 5);
	return true;
}

static bool is_constant(const struct skep_fixer *fx, struct skep_span text)
{
	int64_t number;

	return skep_room_number(fx, text, &number) || skep_span_starts(text, SPAN("sizeof"));
}

/* Functions that do not take a length of 0. */
static bool refuses_zero(const struct skep_fixer *fx, struct skep_span name)
{
	static const char *const names[] = { "load_bytes", "store_bytes",  "trace_printk",
					     "get_comm",   "current_comm", "write_user",
					     "getsockopt", "setsockopt",   "map_" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (skep_span_find(name, skep_span_of(names[i])) >= 0)
			return true;
	return fx->c->entry->number == 111;
}

/* The constant is wrong: the size of what is there takes its place. */
static bool correct_constant(struct skep_fixer *fx, struct skep_span size, const char *room,
			     struct skep_span memory)
{
	struct skep_changes changes = { .count = 0 };
	size_t at = skep_fixer_offset(fx, size);

	if (skep_span_is(size, skep_span_of(room)))
		return false;
	skep_fixer_replace(fx, &changes, at, at + size.length, room);
	return skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
				skep_fixer_print(fx, "pass the size of `%.*s`, not %.*s",
						 SKEP_TEXT(memory), SKEP_TEXT(size)),
				room);
}

static const char *barrier(const struct skep_fixer *fx, const char *name)
{
	struct skep_span all = skep_ctext_span(&fx->text, 0, fx->text.length);

	return skep_fixer_print(fx,
				skep_span_find(all, SPAN("bpf_helpers.h")) >= 0
					? "barrier_var(%s);\n"
					: "asm volatile(\"\" : \"+r\"(%s));\n",
				name);
}

/*
 * The compiler likes to check another copy than it passes, and to make one comparison of two: a
 * barrier keeps both as they are written.
 */
static void bound_variable(struct skep_fixer *fx, const struct call *call, struct skep_span size,
			   const char *room)
{
	struct skep_changes changes = { .count = 0 };
	bool zero = refuses_zero(fx, call->name), direct, sure = true;
	size_t at = skep_fixer_offset(fx, size);
	const char *name, *code = "", *leave;
	struct skep_cvariable v;

	direct = !zero && skep_fixer_variable(fx, size, fx->at, &v) &&
		 skep_cvariable_is_unsigned(&v);
	name = direct ? skep_arena_copy(fx->arena, size) : skep_fixer_fresh(fx, "length");
	if (!direct) {
		name = skep_ctext_find(&fx->text, fx->function.head, fx->function.end,
				       SPAN("size")) == SKEP_NOWHERE
			       ? "size"
			       : skep_fixer_fresh(fx, "length");
		code = skep_fixer_print(fx, "__u64 %s = %.*s;\n\n%s", name, SKEP_TEXT(size),
					barrier(fx, name));
		skep_fixer_replace(fx, &changes, at, at + size.length, name);
	}
	leave = skep_fixer_leave(fx, fx->c->refused, skep_fixer_print(fx, "%s > %s", name, room),
				 &sure);
	code = skep_fixer_print(fx, "%s%s", code, leave);
	if (zero) {
		leave = skep_fixer_leave(fx, fx->c->refused, skep_fixer_print(fx, "!%s", name),
					 &sure);
		code = skep_fixer_print(fx, "%s\n%s%s", code, barrier(fx, name), leave);
	}
	sure = sure && fx->body.at[fx->statement].kind != SKEP_C_LOOP;
	skep_fixer_before(fx, &changes, fx->statement, code);
	skep_fixer_offer(fx, &changes, sure ? SKEP_FIX_MACHINE : SKEP_FIX_SUGGESTION,
			 skep_fixer_print(fx, "check `%.*s` before the call%s", SKEP_TEXT(size),
					  direct ? ""
						 : "; the barrier keeps the compiler from "
						   "checking a copy"),
			 code);
}

/* The length fits, but it may be 0: only that is asked, of the variable that is passed. */
static bool refuse_zero(struct skep_fixer *fx, const struct call *call, size_t size)
{
	struct skep_span argument = call->arguments[size];
	struct skep_span value = skep_path_register(&fx->c->path, fx->c->refused, (int)size + 1);
	int64_t most = 0, room = skep_room_of_register(fx, (int)size);
	struct skep_changes changes = { .count = 0 };
	const char *name, *code;
	struct skep_cvariable v;
	bool sure = true;

	if (fx->c->entry->number != 111 || !skep_fixer_variable(fx, argument, fx->at, &v) ||
	    v.stars || v.array || v.place == SKEP_C_GLOBAL ||
	    !skep_value_number(value, "umax", &most) || most < 1 || most > 4096 ||
	    (room && most > room))
		return false;
	name = skep_arena_copy(fx->arena, argument);
	code = skep_fixer_leave(fx, fx->c->refused, skep_fixer_print(fx, "!%s", name), &sure);
	code = skep_fixer_print(fx, "%s%s", barrier(fx, name), code);
	sure = sure && fx->body.at[fx->statement].kind != SKEP_C_LOOP;
	skep_fixer_before(fx, &changes, fx->statement, code);
	return skep_fixer_offer(
		fx, &changes, sure ? SKEP_FIX_MACHINE : SKEP_FIX_SUGGESTION,
		skep_fixer_print(fx,
				 "leave where `%s` is 0; the barrier keeps the compiler from "
				 "checking a copy",
				 name),
		code);
}

/* A bound of the program's own, where it is there and too large. */
static bool correct_bound(struct skep_fixer *fx, const struct call *call, size_t size,
			  const char *room)
{
	struct skep_span name = call->arguments[size], memory = call->arguments[size - 1];
	struct skep_clamp clamp = { .name = name, .most_text = room };
	struct skep_cvariable v;

	clamp.most = skep_room_of_register(fx, (int)size);
	if (!clamp.most && !skep_room_value(fx, skep_room_dimension(fx, memory), &clamp.most))
		return false;
	if (!skep_fixer_variable(fx, name, fx->at, &v) || !skep_cvariable_is_unsigned(&v))
		return false;
	if (clamp.most > 1 && !(clamp.most & (clamp.most - 1)))
		clamp.mask = strncmp(room, "sizeof", 6)
				     ? skep_fixer_print(fx, "%lld", (long long)clamp.most - 1)
				     : skep_fixer_print(fx, "(%s - 1)", room);
	return skep_fix_clamp(fx, &clamp);
}

/* `reg` of the message is that of the length, or of the memory before it. */
static bool find_size(const struct skep_fixer *fx, const struct call *call, size_t *size)
{
	int reg = fx->c->reg;
	struct skep_span value = skep_path_register(&fx->c->path, fx->c->refused, reg);

	if (reg < 1 || reg > 5)
		return false;
	*size = (size_t)reg - 1;
	if (!skep_span_is(skep_value_type(value), SPAN("scalar")) && value.length &&
	    !skep_is_digit(value.at[0]))
		*size = (size_t)reg;
	return *size >= 1 && *size < call->count;
}

/* A length that has to be a constant: the buffer's, or the most that it may be. */
static void pass_constant(struct skep_fixer *fx, const struct call *call, size_t size)
{
	struct skep_span argument = call->arguments[size], buffer = call->arguments[size - 1];
	struct skep_span value = skep_path_register(&fx->c->path, fx->c->refused, fx->c->reg);
	struct skep_changes changes = { .count = 0 };
	size_t at = skep_fixer_offset(fx, argument);
	const char *room = NULL;
	int64_t most;

	if (skep_span_find(call->name, SPAN("slice")) >= 0)
		room = skep_room_bytes(fx, buffer, (int)size);
	else if (skep_value_number(value, "umax", &most) && most > 0 && most <= 65536)
		room = skep_fixer_print(fx, "%lld", (long long)most);
	if (!room)
		return;
	skep_fixer_replace(fx, &changes, at, at + argument.length, room);
	skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(fx, "pass a constant: `%.*s` varies", SKEP_TEXT(argument)), room);
}

void skep_fix_size(struct skep_fixer *fx)
{
	struct call call = { .count = 0 };
	struct skep_span memory;
	const char *room;
	size_t size;

	if (fx->c->refused == SKEP_NO_STEP || !find_call(fx, &call) || !find_size(fx, &call, &size))
		return;
	if (fx->c->entry->number == 112) {
		pass_constant(fx, &call, size);
		return;
	}
	memory = call.arguments[size - 1];
	if (refuse_zero(fx, &call, size))
		return;
	room = skep_room_bytes(fx, memory, (int)size);
	if (!room)
		return;
	if (is_constant(fx, call.arguments[size]))
		correct_constant(fx, call.arguments[size], room, memory);
	else if (!correct_bound(fx, &call, size, room))
		bound_variable(fx, &call, call.arguments[size], room);
}

/* What was reserved is smaller than what is written: `sizeof(e)` for `sizeof(*e)`. */
bool skep_fix_object(struct skep_fixer *fx)
{
	static const struct {
		const char *name;
		size_t argument;
	} makers[] = { { "bpf_ringbuf_reserve", 1 },
		       { "bpf_dynptr_data", 2 },
		       { "bpf_dynptr_slice", 3 } };
	struct skep_changes changes = { .count = 0 };
	struct skep_span arguments[5], made;
	struct skep_origin origin;
	struct skep_place place;
	size_t at, call = SKEP_NOWHERE, i;
	struct skep_cvariable v;

	if (fx->c->refused == SKEP_NO_STEP || fx->c->reg < 0)
		return false;
	origin = skep_story_origin(&fx->c->path, fx->c->refused, fx->c->reg);
	if (origin.kind != SKEP_ORIGIN_CALL)
		return false;
	for (i = 0; i < 3 && !skep_span_starts(origin.call, skep_span_of(makers[i].name)); i++)
		;
	place = skep_place_of_step(fx->c, origin.step);
	at = skep_fixer_position(fx, &place);
	if (i == 3 || at == SKEP_NOWHERE || !skep_fixer_move(fx, at) || fx->statement < 0)
		return false;
	call = skep_ctext_find(&fx->text, fx->at, fx->body.at[fx->statement].end, origin.call);
	made = skep_name_assigned(skep_fixer_statement(fx, fx->statement));
	if (call == SKEP_NOWHERE || !skep_fixer_variable(fx, made, fx->end, &v) || v.stars != 1 ||
	    skep_span_find_word(v.type, SPAN("struct")) < 0 ||
	    skep_ctext_arguments(&fx->text, call + origin.call.length, arguments, 5) <=
		    makers[i].argument)
		return false;
	at = skep_fixer_offset(fx, arguments[makers[i].argument]);
	skep_fixer_replace(fx, &changes, at, at + arguments[makers[i].argument].length,
			   skep_fixer_print(fx, "sizeof(*%.*s)", SKEP_TEXT(made)));
	return skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(fx, "ask for as much as `*%.*s` needs", SKEP_TEXT(made)),
		skep_fixer_print(fx, "sizeof(*%.*s)", SKEP_TEXT(made)));
}
