/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What templates talk about, beyond what the message itself names. */
#include "verifier/explanation.h"
#include "names.h"
#include "object_facts.h"
#include "release.h"
#include "verifier/log/decode.h"
#include "verifier/story/story.h"

static void set_text(struct skep_case *c, struct skep_span name, const char *text)
{
	skep_fields_set(&c->fields, name, skep_span_of(text));
}

static void set_number(struct skep_case *c, struct skep_span name, int64_t number)
{
	set_text(c, name, skep_arena_printf(c->arena, "%lld", (long long)number));
}

static struct skep_span source_of_step(const struct skep_case *c, size_t step)
{
	if (step >= c->path.count)
		return SPAN("");
	return skep_source_of_line(&c->lines, c->path.at[step].line);
}

/* Arguments are counted from 0 for kfuncs, from 1 for helpers, and by register. */
static int register_in_fields(const struct skep_case *c)
{
	struct skep_span reg = skep_fields_get(&c->fields, SPAN("reg")), rest = reg;
	bool helper = skep_span_find(c->message, SPAN("to helper arg")) >= 0;
	int64_t number;

	if (skep_register_number(reg) >= 0)
		return skep_register_number(reg);
	if (!reg.length && skep_fields_number(&c->fields, SPAN("arg"), &number) &&
	    skep_span_find(c->message, SPAN("as arg #")) >= 0)
		return number > 0 && number <= 5 ? (int)number : -1;
	if (!skep_take(&rest, SPAN("args#")) && !skep_take(&rest, SPAN("arg#")) &&
	    !skep_take(&rest, SPAN("arg")))
		return -1;
	if (!skep_take_number(&rest, &number) || number < 0 || number > 4 + helper)
		return -1;
	return (int)number + !helper;
}

static bool is_scalar(const struct skep_case *c, size_t step, int reg)
{
	return skep_span_is(skep_value_type(skep_path_register(&c->path, step, reg)),
			    SPAN("scalar"));
}

/* The message says which register. Else for arithmetic it is the number, for memory its pointer. */
static void find_register(struct skep_case *c)
{
	const struct skep_insn *insn = &c->path.at[c->refused].insn;
	struct skep_span op, operand = skep_insn_operand(insn, &op), base;
	ptrdiff_t at = skep_span_find(insn->text, SPAN(" *)("));

	if (c->reg < 0)
		c->reg = register_in_fields(c);
	if (c->reg >= 0)
		return;
	if (at >= 0) {
		base = skep_span_from(insn->text, (size_t)at + 4);
		c->reg = skep_register_number(skep_span_upto(base, skep_span_word(base)));
	} else if (op.length == 2) {
		c->reg = skep_register_number(operand);
		if (!is_scalar(c, c->refused, c->reg))
			c->reg = skep_insn_target(insn);
	}
}

/* `*(u64 *)`: 8. */
static int access_bytes(struct skep_span insn)
{
	static const char *const types[] = { "u8 *)", "u16 *)", "u32 *)", "u64 *)",
					     "s8 *)", "s16 *)", "s32 *)", "s64 *)" };

	for (size_t i = 0; i < 8; i++)
		if (skep_span_find(insn, skep_span_of(types[i])) >= 0)
			return 1 << (i & 3);
	return 0;
}

static void add_value(struct skep_case *c)
{
	struct skep_span value = skep_path_register(&c->path, c->refused, c->reg);
	ptrdiff_t map = skep_span_find(value, SPAN("map="));
	int64_t number;

	skep_fields_set(&c->fields, SPAN("type"), skep_value_type(value));
	if (skep_value_number(value, "vs", &number) && number > 0)
		set_number(c, SPAN("vs"), number);
	if (skep_value_number(value, "r", &number))
		set_number(c, SPAN("range"), number);
	if (map >= 0) {
		struct skep_span name = skep_span_from(value, (size_t)map + 4);
		ptrdiff_t end = skep_span_find_char(name, ',');

		skep_fields_set(&c->fields, SPAN("map"),
				end < 0 ? SPAN("") : skep_span_upto(name, (size_t)end));
	}
}

/* Of arithmetic with a number, the pointer says how large its object is. */
static void add_pointer(struct skep_case *c)
{
	int target = skep_insn_target(&c->path.at[c->refused].insn);
	struct skep_span value = skep_path_register(&c->path, c->refused, target);
	int64_t number;

	if (target != c->reg && skep_value_number(value, "vs", &number) && number > 0)
		set_number(c, SPAN("vs"), number);
}

/* Numbers that follow from others. */
static void add_sums(struct skep_case *c)
{
	int64_t off, size, limit;

	if (!skep_fields_number(&c->fields, SPAN("off"), &off) ||
	    !skep_fields_number(&c->fields, SPAN("size"), &size) || size <= 0 || off > INT32_MAX ||
	    off < INT32_MIN || size > INT32_MAX)
		return;
	set_number(c, SPAN("last"), off + size - 1);
	if (off >= 0)
		set_number(c, SPAN("need"), off + size);
	if (skep_fields_number(&c->fields, SPAN("limit"), &limit) && limit > size)
		set_number(c, SPAN("room"), limit - size);
}

static void add_call(struct skep_case *c)
{
	static const char *const positions[] = { "first", "second", "third", "fourth", "fifth" };
	const struct skep_insn *insn = &c->path.at[c->refused].insn;
	struct skep_span callee = skep_insn_callee(insn);
	int bytes = access_bytes(insn->text);

	skep_fields_set(&c->fields, SPAN("func"), callee);
	if (callee.length && c->reg >= 1 && c->reg <= 5)
		set_text(c, SPAN("arg_position"), positions[c->reg - 1]);
	if (bytes)
		set_number(c, SPAN("size"), bytes);
	if (callee.length)
		skep_fields_set(&c->fields, SPAN("buf"),
				skep_name_argument(source_of_step(c, c->refused), callee, c->reg));
}

/* `&key` before a size: with any other word only its declaration tells whether sizeof() fits. */
static void add_filled(struct skep_case *c)
{
	struct skep_span callee = skep_insn_callee(&c->path.at[c->refused].insn), name;

	if (!callee.length || c->reg < 2 || (c->entry->number != 110 && c->entry->number != 111))
		return;
	name = skep_name_expression(source_of_step(c, c->refused), callee, c->reg - 1);
	if (skep_take(&name, SPAN("&")) && name.length && skep_span_word(name) == name.length)
		skep_fields_set(&c->fields, SPAN("filled"), name);
}

/* The variable that the pointer is in: as the refused line names it, or as it was assigned. */
static void add_names(struct skep_case *c, const struct skep_origin *origin)
{
	struct skep_span here = source_of_step(c, c->refused), there = SPAN("");
	struct skep_span callee = skep_insn_callee(&c->path.at[c->refused].insn);
	struct skep_span assigned;

	if (origin->step != SKEP_NO_STEP)
		there = source_of_step(c, origin->step);
	assigned = skep_name_assigned(there);
	if (callee.length && c->reg > 0) {
		struct skep_span name = skep_name_argument(here, callee, c->reg);

		skep_fields_set(&c->fields,
				is_scalar(c, c->refused, c->reg) ? SPAN("idx") : SPAN("var"), name);
	} else if (assigned.length && !skep_span_is(here, there) &&
		   skep_span_find_word(here, assigned) >= 0) {
		skep_fields_set(&c->fields, SPAN("var"), assigned);
	} else if (!skep_span_starts(here, SPAN("asm "))) {
		skep_fields_set(&c->fields, SPAN("var"), skep_name_dereferenced(here));
	}
	skep_fields_set(&c->fields, SPAN("idx"), skep_name_index(here));
	skep_fields_set(&c->fields, SPAN("array"), skep_name_array(here));
}

static void add_origin(struct skep_case *c)
{
	struct skep_origin origin = skep_story_origin(&c->path, c->refused, c->reg);
	static const char *const kinds[] = { "unknown",  "call", "load", "constant",
					     "computed", "lost", "entry" };

	set_text(c, SPAN("origin_kind"), kinds[origin.kind]);
	if (origin.kind == SKEP_ORIGIN_CALL)
		set_text(c, SPAN("origin"),
			 skep_arena_printf(c->arena, "%.*s()", (int)origin.call.length,
					   origin.call.at));
	if (origin.kind == SKEP_ORIGIN_CALL)
		skep_fields_set(&c->fields, SPAN("result"),
				skep_name_assigned(source_of_step(c, origin.step)));
	add_names(c, &origin);
}

/* What bpf_kptr_xchg() gave: the state says whether an object of the kernel or an own one. */
static struct skep_span exchanged_kind(const struct skep_case *c, size_t step)
{
	struct skep_span value = skep_path_result(&c->path, step);

	if (skep_span_find(value, SPAN("ptr_or_null_cgroup(")) >= 0)
		return SPAN("bpf_cgroup_acquire");
	if (skep_span_find(value, SPAN("ptr_or_null_task_struct(")) >= 0)
		return SPAN("bpf_task_acquire");
	if (skep_span_find(value, SPAN("ptr_or_null_bpf_cpumask(")) >= 0)
		return SPAN("bpf_cpumask_acquire");
	return SPAN("bpf_kptr_xchg");
}

/* It was compared with NULL since the call: the paths without it may come to the same end. */
static bool was_compared(const struct skep_case *c, size_t call)
{
	struct skep_span result = skep_path_result(&c->path, call);
	int64_t id, own;

	if (skep_span_find(skep_value_type(result), SPAN("or_null")) < 0)
		return false;
	if (!skep_value_number(result, "id", &id))
		return true;
	for (size_t i = c->refused; i < call; i++) {
		struct skep_op op = skep_insn_decode(&c->path.at[i].insn);

		if (op.kind == SKEP_OP_BRANCH && op.src < 0 && !op.number &&
		    skep_value_number(skep_path_register(&c->path, i, op.dst), "id", &own) &&
		    own == id)
			return true;
	}
	return false;
}

/*
 * The code that gives it back; behind a check where it may be NULL. The path alone does not tell
 * whether those that found NULL join it before the place where this is to stand.
 */
static const char *give_back(const struct skep_case *c, struct skep_span call,
			     struct skep_span name, bool compared)
{
	const char *code = skep_release_code(c->arena, call, name);
	int64_t id, own;

	if (!name.length || !code[0] || !skep_fields_number(&c->fields, SPAN("id"), &id))
		return code;
	if (compared)
		return skep_arena_printf(c->arena, "if (%.*s)\n\t%s", (int)name.length, name.at,
					 code);
	for (int reg = 0; reg < 10; reg++) {
		struct skep_span value = skep_path_register(&c->path, c->refused, reg);

		if (skep_span_find(skep_value_type(value), SPAN("or_null")) >= 0 &&
		    skep_value_number(value, "ref_obj_id", &own) && own == id)
			return skep_arena_printf(c->arena, "if (%.*s)\n\t%s", (int)name.length,
						 name.at, code);
	}
	return code;
}

/* A reference that is leaked: who gave it, and what takes it back. */
static void add_reference(struct skep_case *c)
{
	int64_t number;
	size_t step = SKEP_NO_STEP;
	struct skep_span call, name;

	if (skep_fields_number(&c->fields, SPAN("alloc"), &number))
		step = skep_story_find_insn(&c->path, c->refused, number);
	else
		step = skep_release_find_acquire(&c->path, c->refused);
	if (step == SKEP_NO_STEP)
		return;
	call = skep_insn_callee(&c->path.at[step].insn);
	if (!call.length)
		return;
	set_text(c, SPAN("origin"),
		 skep_arena_printf(c->arena, "%.*s()", (int)call.length, call.at));
	set_number(c, SPAN("alloc"), c->path.at[step].insn.number);
	if (skep_span_is(call, SPAN("bpf_kptr_xchg")))
		call = exchanged_kind(c, step);
	name = skep_name_assigned(source_of_step(c, step));
	if (!name.length)
		name = skep_name_argument(source_of_step(c, step), call,
					  skep_release_argument(call));
	skep_fields_set(&c->fields, SPAN("release"),
			skep_span_of(give_back(c, call, name, was_compared(c, step))));
}

static void add_section(struct skep_case *c)
{
	static const char *const openers[] = { "bpf_rcu_read_lock",  "bpf_preempt_disable",
					       "bpf_local_irq_save", "bpf_spin_lock",
					       "bpf_res_spin_lock",  NULL };
	size_t step = skep_story_find_call(&c->path, c->refused, openers);
	struct skep_span call;

	if (step == SKEP_NO_STEP)
		return;
	call = skep_insn_callee(&c->path.at[step].insn);
	set_text(c, SPAN("origin"),
		 skep_arena_printf(c->arena, "%.*s()", (int)call.length, call.at));
	skep_fields_set(&c->fields, SPAN("unlock"),
			skep_span_of(skep_release_code(c->arena, call, SPAN("flags"))));
	call = skep_name_expression(source_of_step(c, step), call, 1);
	skep_take(&call, SPAN("&"));
	skep_fields_set(&c->fields, SPAN("lock"), call);
}

void skep_facts_add(struct skep_case *c)
{
	enum skep_rule rule = c->entry->rule;

	skep_facts_add_plain(c);
	if (c->refused == SKEP_NO_STEP) {
		skep_facts_add_source(c);
		return;
	}
	find_register(c);
	skep_facts_find_size(c);
	/* Of a leak and of a section the last call tells, not the last register. */
	if (rule == SKEP_RULE_REFERENCE)
		add_reference(c);
	else if (rule == SKEP_RULE_LOCK)
		add_section(c);
	add_call(c);
	if (c->reg >= 0) {
		set_text(c, SPAN("reg"), skep_arena_printf(c->arena, "R%d", c->reg));
		add_value(c);
		add_pointer(c);
		add_origin(c);
		add_filled(c);
	}
	skep_object_facts_add(c);
	skep_facts_add_source(c);
	add_sums(c);
	skep_facts_add_words(c);
	skep_facts_add_context(c);
}
