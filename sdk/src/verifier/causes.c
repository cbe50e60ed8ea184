/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The lines that made the refused line refused: one function for each rule of the catalogue. */
#include "causes.h"

void skep_cause_add(struct skep_case *c, size_t step, const char *label)
{
	if (step == SKEP_NO_STEP || step >= c->path.count || c->cause_count == SKEP_CAUSES_MOST)
		return;
	c->causes[c->cause_count++] = (struct skep_cause){ skep_place_of_step(c, step), label };
}

struct skep_origin skep_cause_origin(const struct skep_case *c)
{
	return skep_story_origin(&c->path, c->refused, c->reg);
}

bool skep_cause_add_origin(struct skep_case *c, const struct skep_origin *origin)
{
	const char *label;

	switch (origin->kind) {
	case SKEP_ORIGIN_CALL:
		label = skep_arena_printf(c->arena, "%s is what %.*s() returned",
					  skep_arena_printf(c->arena, "R%d", c->reg),
					  (int)origin->call.length, origin->call.at);
		break;
	case SKEP_ORIGIN_LOAD:
		label = "the value is read from memory here";
		break;
	case SKEP_ORIGIN_CONSTANT:
		label = "the value is set here";
		break;
	case SKEP_ORIGIN_COMPUTED:
		label = "the value is computed here";
		break;
	case SKEP_ORIGIN_LOST:
		label = "this call takes the values of R1 to R5 away";
		break;
	default:
		return origin->kind == SKEP_ORIGIN_ENTRY;
	}
	skep_cause_add(c, origin->step, label);
	return true;
}

/* Where a number comes from whose bounds do not suffice. */
static void add_number(struct skep_case *c, size_t from, int reg)
{
	struct skep_origin number = skep_story_origin(&c->path, from, reg);
	const char *label = NULL;

	if (number.branch != SKEP_NO_STEP)
		skep_cause_add(c, number.branch, "this check is the last; it leaves too much open");
	if (number.kind == SKEP_ORIGIN_LOAD)
		label = "the number is read from memory here: it may be anything";
	else if (number.kind == SKEP_ORIGIN_CALL)
		label = "the number comes from this call";
	else if (number.kind == SKEP_ORIGIN_CONSTANT || number.kind == SKEP_ORIGIN_COMPUTED)
		label = "the number is made here";
	if (label)
		skep_cause_add(c, number.step, label);
}

/* The number is the size itself, or what was or is being added to the pointer. */
static bool find_bound(struct skep_case *c)
{
	struct skep_origin pointer = skep_cause_origin(c);
	struct skep_span value = skep_path_register(&c->path, c->refused, c->reg), op;
	const struct skep_insn *insn = &c->path.at[c->refused].insn;
	int operand = skep_register_number(skep_insn_operand(insn, &op));

	if (skep_span_is(skep_value_type(value), SPAN("scalar"))) {
		add_number(c, c->refused, c->reg);
	} else if (skep_insn_target(insn) == c->reg && op.length == 2) {
		if (operand < 0)
			return true;
		add_number(c, c->refused, operand);
	} else if (pointer.arithmetic != SKEP_NO_STEP) {
		skep_cause_add(c, pointer.arithmetic, "the pointer is moved here");
		if (pointer.addend >= 0)
			add_number(c, pointer.arithmetic, pointer.addend);
	} else if (skep_insn_callee(insn).length && c->reg < 5) {
		/* A helper's pointer: its size is the next argument. */
		add_number(c, c->refused, c->reg + 1);
	}
	if (!c->cause_count && pointer.kind == SKEP_ORIGIN_CALL)
		skep_cause_add(c, pointer.step, "the pointer comes from this call");
	return c->cause_count > 0 && value.length;
}

static bool find_argument(struct skep_case *c)
{
	struct skep_origin origin = skep_cause_origin(c);

	return c->reg >= 0 && skep_cause_add_origin(c, &origin) &&
	       skep_path_register(&c->path, c->refused, c->reg).length;
}

static bool find_uninitialised(struct skep_case *c)
{
	struct skep_origin origin = skep_cause_origin(c);

	if (origin.kind == SKEP_ORIGIN_LOST)
		return skep_cause_add_origin(c, &origin);
	return origin.kind == SKEP_ORIGIN_ENTRY;
}

/* The stack is described by the message; what is passed to a helper was computed before. */
static bool find_stack(struct skep_case *c)
{
	struct skep_origin origin = skep_cause_origin(c);

	if (origin.arithmetic != SKEP_NO_STEP)
		skep_cause_add(c, origin.arithmetic, "the address on the stack is made here");
	return skep_fields_get(&c->fields, SPAN("off")).length > 0;
}

static bool find_reference(struct skep_case *c)
{
	int64_t number;
	size_t step = SKEP_NO_STEP;

	if (skep_fields_number(&c->fields, SPAN("alloc"), &number))
		step = skep_story_find_insn(&c->path, c->refused, number);
	skep_cause_add(c, step, "the reference is taken here");
	return step != SKEP_NO_STEP;
}

/* +1 for what opens a protected section, -1 for what closes one. */
static int section_change(struct skep_span call)
{
	static const char *const closes[] = { "unlock", "preempt_enable", "irq_restore" };
	static const char *const opens[] = { "_lock", "preempt_disable", "irq_save" };

	for (size_t i = 0; i < 3; i++)
		if (skep_span_find(call, skep_span_of(closes[i])) >= 0)
			return -1;
	for (size_t i = 0; i < 3; i++)
		if (skep_span_find(call, skep_span_of(opens[i])) >= 0)
			return 1;
	return 0;
}

/* The section that is still open; where all are closed, the last that was. */
static bool find_lock(struct skep_case *c)
{
	size_t last = SKEP_NO_STEP;
	int closed = 0;

	for (size_t i = c->refused + 1; i < c->path.count; i++) {
		int change = section_change(skep_insn_callee(&c->path.at[i].insn));

		if (change && last == SKEP_NO_STEP)
			last = i;
		if (change < 0) {
			closed++;
		} else if (change > 0 && !closed--) {
			skep_cause_add(c, i, "it is opened here, and still open");
			return true;
		}
	}
	skep_cause_add(c, last, "the last one is closed here");
	return false;
}

static bool find_loop(struct skep_case *c)
{
	size_t rounds = 0, last = SKEP_NO_STEP;
	int number = c->path.at[c->refused].insn.number;

	for (size_t i = c->refused + 1; i < c->path.count; i++)
		if (c->path.at[i].insn.number == number && c->path.at[i].frame == 0) {
			if (last == SKEP_NO_STEP)
				last = i;
			rounds++;
		}
	if (!rounds)
		return false;
	skep_cause_add(
		c, last,
		skep_arena_printf(c->arena, "the loop came by here %zu times before", rounds));
	return true;
}

static bool find_return(struct skep_case *c)
{
	struct skep_origin origin;

	c->reg = c->reg < 0 ? 0 : c->reg;
	origin = skep_cause_origin(c);
	return skep_cause_add_origin(c, &origin) && origin.kind != SKEP_ORIGIN_ENTRY;
}

/* The refused instruction is the whole story: exact where the message speaks of it. */
static bool find_self(struct skep_case *c)
{
	return c->message.length > 0 && c->refused != SKEP_NO_STEP;
}

void skep_causes_find(struct skep_case *c)
{
	static bool (*const rules[])(struct skep_case *) = {
		[SKEP_RULE_SELF] = find_self,
		[SKEP_RULE_NULL] = skep_cause_find_null,
		[SKEP_RULE_SCALAR] = skep_cause_find_scalar,
		[SKEP_RULE_PACKET] = skep_cause_find_packet,
		[SKEP_RULE_STACK] = find_stack,
		[SKEP_RULE_BOUND] = find_bound,
		[SKEP_RULE_UNINIT] = find_uninitialised,
		[SKEP_RULE_ARITH] = find_argument,
		[SKEP_RULE_ARG] = find_argument,
		[SKEP_RULE_CTX] = find_argument,
		[SKEP_RULE_REFERENCE] = find_reference,
		[SKEP_RULE_DYNPTR] = find_argument,
		[SKEP_RULE_LOCK] = find_lock,
		[SKEP_RULE_LOOP] = find_loop,
		[SKEP_RULE_RET] = find_return,
	};

	if (c->refused == SKEP_NO_STEP || c->entry->rule == SKEP_RULE_NONE)
		return;
	c->agreed = rules[c->entry->rule](c);
	if (!c->cause_count)
		skep_report_causes(c);
}
