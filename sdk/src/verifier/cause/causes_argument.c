/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What is handed to helpers, kfuncs and functions, or returned: where it came from. */
#include "causes.h"

static bool calls(const struct skep_search *s, size_t step, const char *part)
{
	return skep_span_find(skep_search_callee(s, step), skep_span_of(part)) >= 0;
}

/* An earlier call of what releases, for the same object. */
static bool add_earlier_release(struct skep_search *s, uint32_t root)
{
	struct skep_span now = skep_search_callee(s, s->c->refused);

	for (size_t i = s->c->refused + 1; root && i < s->c->path.count; i++) {
		struct skep_span callee = skep_search_callee(s, i);

		if (!callee.length || (!skep_span_is(callee, now) && !calls(s, i, "release") &&
				       !calls(s, i, "drop") && !calls(s, i, "submit") &&
				       !calls(s, i, "discard") && !calls(s, i, "xchg")))
			continue;
		for (int r = 1; r <= 5; r++)
			if (skep_flow_root(&s->flow, skep_flow_register(&s->flow, i, r)) == root) {
				skep_search_set(s, "again", "yes");
				skep_search_add(s, i,
						"it is released here already, or handed over");
				return true;
			}
	}
	return false;
}

/* What was trusted inside an RCU section is not behind it. */
static void add_section_end(struct skep_search *s, const struct skep_value *v)
{
	for (size_t i = s->c->refused + 1; i < s->c->path.count && i < v->step; i++)
		if (calls(s, i, "rcu_read_unlock")) {
			skep_search_add(s, i, "the RCU section that protected it ends here");
			return;
		}
}

static bool is_number(struct skep_span state)
{
	return skep_span_is(skep_value_type(state), SPAN("scalar"));
}

/* Of operations in a row, the one that made a number of what was none. */
static const struct skep_value *first_number(const struct skep_search *s,
					     const struct skep_value *v)
{
	for (int depth = 0; depth < 32; depth++) {
		const struct skep_value *from = skep_flow_value(&s->flow, v->from);

		if (from->kind != SKEP_VALUE_COMPUTED || from->step == SKEP_NO_STEP ||
		    !from->step || v->with ||
		    !is_number(skep_search_state(s, from->step - 1, from->reg)))
			break;
		v = from;
	}
	return v;
}

/* The last step that moved the pointer, or computed the number. */
static void add_computation(struct skep_search *s)
{
	const struct skep_value *v = skep_flow_value(&s->flow, s->value);
	struct skep_span state;

	if (v->kind != SKEP_VALUE_COMPUTED || v->step == SKEP_NO_STEP)
		return;
	state = skep_search_state(s, s->c->refused, s->c->reg);
	if (is_number(state))
		skep_search_add(s, first_number(s, v)->step, "the number is computed here");
	else if (s->c->entry->number == 132 && (v->number || v->with))
		skep_search_add(s, v->step, "the pointer is moved here");
}

bool skep_cause_find_argument(struct skep_search *s)
{
	struct skep_case *c = s->c;
	struct skep_span state = skep_search_state(s, c->refused, c->reg);
	struct skep_span type = skep_fields_get(&c->fields, SPAN("type"));
	uint32_t root = skep_flow_root(&s->flow, s->value);
	const struct skep_value *v = skep_flow_value(&s->flow, root);
	bool told;

	if (c->reg < 0 && c->entry->number == 502 && skep_search_callee(s, c->refused).length) {
		c->reg = 1;
		s->value = skep_flow_register(&s->flow, c->refused, 1);
		root = skep_flow_root(&s->flow, s->value);
		v = skep_flow_value(&s->flow, root);
		state = skep_search_state(s, c->refused, 1);
	}
	if (c->reg < 0)
		return false;
	if (c->entry->number == 502 || is_number(state))
		add_earlier_release(s, root);
	if (c->entry->number == 406 || c->entry->number == 407)
		add_section_end(s, v);
	if (c->entry->number == 112 && !skep_range_of(state).constant)
		return skep_search_add_number(s, c->refused, c->reg);
	if (c->entry->number == 301 || c->entry->number == 302 || c->entry->number == 303)
		return skep_search_state(s, c->refused, c->reg).length > 0;
	if (c->entry->number == 132 || !skep_span_is(skep_value_type(state), SPAN("fp")))
		add_computation(s);
	told = skep_search_add_origin(s, root, NULL);
	if (!told || !state.length)
		return false;
	return !type.length || skep_span_starts(skep_value_type(state), type) ||
	       skep_span_starts(type, skep_value_type(state));
}

bool skep_cause_find_context(struct skep_search *s)
{
	const struct skep_value *v = skep_flow_value(&s->flow, s->value);
	struct skep_span state = skep_search_state(s, s->c->refused, s->c->reg);

	while (v->kind == SKEP_VALUE_COMPUTED && v->step != SKEP_NO_STEP &&
	       s->c->cause_count < SKEP_CAUSES_MOST) {
		struct skep_op op = skep_insn_decode(&s->c->path.at[v->step].insn);
		struct skep_range by = skep_search_range(s, v->step, op.src);

		if (op.src < 0)
			by = (struct skep_range){ .constant = true, .smin = op.number };
		if (by.constant)
			skep_search_add(s, v->step, "the pointer is moved by %lld here",
					(long long)(v->code == SKEP_ALU_SUB ? -(uint64_t)by.smin
									    : (uint64_t)by.smin));
		else
			skep_search_add(s, v->step, "the pointer is moved by %s here",
					skep_range_words(s->c->arena, &by));
		if (v->with)
			skep_search_add_number(s, v->step, op.src);
		v = skep_flow_value(&s->flow, v->from);
	}
	return state.length > 0 && (s->c->cause_count > 0 || s->value);
}

/* Kernels count the arguments from 0 or from 1: it is the one that has an address of the stack. */
static void find_thing(struct skep_search *s)
{
	ptrdiff_t at = skep_span_find(s->c->message, SPAN("arg #"));
	struct skep_span rest = skep_span_from(s->c->message, at < 0 ? 0 : (size_t)at + 5);
	int64_t number, offset;
	int frame;

	if (at < 0 || !skep_take_number(&rest, &number) || number < 0 || number > 5)
		return;
	for (int reg = (int)number + 1; reg >= (int)number && reg >= 1; reg--)
		if (reg <= 5 && skep_flow_stack_address(
					&s->flow, skep_flow_register(&s->flow, s->c->refused, reg),
					&frame, &offset)) {
			s->c->reg = reg;
			s->value = skep_flow_register(&s->flow, s->c->refused, reg);
			return;
		}
}

/* A write of the program itself into the 16 bytes, since that call. */
static bool add_write_over(struct skep_search *s, size_t since, const char *thing)
{
	int64_t offset;
	int frame;

	if (!skep_flow_stack_address(&s->flow, s->value, &frame, &offset))
		return false;
	for (size_t i = 0; since != SKEP_NO_STEP && i < s->flow.slot_count; i++) {
		const struct skep_slot *slot = &s->flow.slots[i];

		if (slot->frame != frame || slot->offset < offset || slot->offset >= offset + 16 ||
		    slot->step >= since || skep_search_callee(s, slot->step).length)
			continue;
		skep_search_add(s, slot->step, "the %s is written over here", thing);
		return true;
	}
	return false;
}

/* Dynptrs and iterators live on the stack: the last call that was given the same one. */
/* Who made it, where there must be none. */
static bool add_maker(struct skep_search *s, const char *thing)
{
	static const char *const makers[] = { "_new", "dynptr_from", "reserve_dynptr",
					      "dynptr_clone", NULL };
	size_t step = skep_search_find_user(s, makers);
	struct skep_span callee = skep_search_callee(s, step);

	if (step == SKEP_NO_STEP)
		return false;
	skep_search_add(s, step, "the %s is made here already, by %.*s()", thing,
			(int)callee.length, callee.at);
	return true;
}

static bool add_user(struct skep_search *s, const char *thing)
{
	static const char *const ends[] = { "submit", "discard", "destroy", "release", NULL };
	size_t step = skep_search_find_user(s, NULL);
	struct skep_span callee = skep_search_callee(s, step);

	if (skep_span_find(s->c->message, SPAN("uninitialized")) >= 0 && add_maker(s, thing))
		return true;
	if (add_write_over(s, step, thing))
		return true;
	if (step == SKEP_NO_STEP)
		return false;
	for (size_t i = 0; ends[i]; i++)
		if (calls(s, step, ends[i])) {
			skep_search_add(s, step, "%.*s() has ended the %s", (int)callee.length,
					callee.at, thing);
			return true;
		}
	skep_search_add(s, step, "the %s was last used here, by %.*s()", thing, (int)callee.length,
			callee.at);
	return true;
}

/* A dynptr or an iterator whose place on the stack is written over. */
static bool add_overwritten(struct skep_search *s, const char *thing)
{
	struct skep_op op = skep_insn_decode(&s->c->path.at[s->c->refused].insn);
	int frame;
	int64_t offset;

	if (op.kind != SKEP_OP_STORE ||
	    !skep_flow_stack_address(&s->flow, skep_flow_register(&s->flow, s->c->refused, op.dst),
				     &frame, &offset))
		return false;
	offset += op.number;
	for (size_t i = 0; i < s->flow.slot_count; i++) {
		const struct skep_slot *slot = &s->flow.slots[i];

		if (slot->frame == frame && offset >= slot->offset &&
		    offset < slot->offset + slot->bytes &&
		    skep_search_callee(s, slot->step).length) {
			skep_search_add(s, slot->step, "the %s there is made here", thing);
			return true;
		}
	}
	return false;
}

/* There is a dynptr, but not at the address that is passed. */
static bool add_neighbour(struct skep_search *s)
{
	int64_t offset;
	int frame;

	if (!skep_flow_stack_address(&s->flow, s->value, &frame, &offset))
		return false;
	for (size_t i = 0; i < s->flow.slot_count; i++) {
		const struct skep_slot *slot = &s->flow.slots[i];

		if (slot->frame != frame || slot->offset <= offset - 16 ||
		    slot->offset >= offset + 16 ||
		    skep_span_find(skep_search_callee(s, slot->step), SPAN("dynptr")) < 0)
			continue;
		skep_search_add(s, slot->step, "the dynptr is made here, and is passed moved");
		return true;
	}
	return false;
}

bool skep_cause_find_dynptr(struct skep_search *s)
{
	struct skep_span state;

	find_thing(s);
	state = skep_search_state(s, s->c->refused, s->c->reg);
	if (add_user(s, "dynptr") || add_overwritten(s, "dynptr"))
		return true;
	if (skep_search_callee(s, s->c->refused).length && !add_neighbour(s))
		skep_search_add_way(s, "nothing makes the dynptr");
	return s->c->reg >= 0 && state.length > 0 && !s->c->cause_count;
}

bool skep_cause_find_return(struct skep_search *s)
{
	struct skep_case *c = s->c;
	const struct skep_value *v;
	struct skep_range range;
	bool told = true;

	c->reg = c->reg < 0 ? 0 : c->reg;
	if (skep_search_section(s).length)
		skep_search_set_meaning(s, skep_search_section(s));
	s->value = skep_flow_register(&s->flow, c->refused, c->reg);
	range = skep_search_range(s, c->refused, c->reg);
	if (range.known && !range.constant)
		return skep_search_add_number(s, c->refused, c->reg);
	v = skep_flow_value(&s->flow, s->value);
	/* As the 32 bits with a sign that it is. */
	if (range.constant && v->kind == SKEP_VALUE_COMPUTED)
		skep_search_add(s, v->step, "the return value is computed here: %d",
				(int32_t)range.smin);
	else
		told = skep_search_add_origin(s, s->value, "the return value");
	return told && range.known &&
	       skep_span_find(skep_words_source(c, c->refused), SPAN("return")) >= 0;
}

/* The number that makes a constant offset what it is. */
static void add_offset(struct skep_search *s)
{
	struct skep_op op = skep_insn_decode(&s->c->path.at[s->c->refused].insn);
	const struct skep_value *v = skep_flow_value(&s->flow, s->value);

	if (op.kind == SKEP_OP_ALU && op.src >= 0)
		skep_search_add_number(s, s->c->refused, op.src);
	else if (v->kind == SKEP_VALUE_COMPUTED && v->step != SKEP_NO_STEP)
		skep_search_add(s, v->step, "the pointer is moved here");
}

/* Read-only memory: who gave it. */
static void add_giver(struct skep_search *s)
{
	uint32_t root = skep_flow_root(&s->flow, s->value);
	const struct skep_value *v = skep_flow_value(&s->flow, root);

	if (v->kind == SKEP_VALUE_CALL || v->kind == SKEP_VALUE_LOAD)
		skep_search_add_origin(s, root, NULL);
}

/*
 * Codes that speak of the refused instruction and of nothing else, with the kind that it then is.
 * Others may have their cause where no instruction is: they are not called exact.
 */
static bool speaks_of(int number, enum skep_op_kind kind)
{
	bool access = kind == SKEP_OP_LOAD || kind == SKEP_OP_STORE || kind == SKEP_OP_ATOMIC ||
		      kind == SKEP_OP_ADDRESS;

	switch (number) {
	case 13:
	case 15:
	case 16:
	case 130:
	case 607:
		return access;
	case 707:
		return kind == SKEP_OP_ALU;
	case 802:
		return kind == SKEP_OP_ATOMIC || kind == SKEP_OP_STORE;
	default:
		return false;
	}
}

/* What is on the stack where it is accessed: who wrote it. */
static void add_saved(struct skep_search *s)
{
	struct skep_op op = skep_insn_decode(&s->c->path.at[s->c->refused].insn);
	int base = op.kind == SKEP_OP_LOAD ? op.src : op.dst, frame;
	int64_t offset;

	if ((op.kind != SKEP_OP_LOAD && op.kind != SKEP_OP_STORE) ||
	    !skep_flow_stack_address(&s->flow, skep_flow_register(&s->flow, s->c->refused, base),
				     &frame, &offset))
		return;
	offset += op.number;
	for (size_t i = 0; i < s->flow.slot_count; i++) {
		const struct skep_slot *slot = &s->flow.slots[i];

		if (slot->frame == frame && offset < slot->offset + slot->bytes &&
		    offset + op.bytes > slot->offset)
			skep_search_add(s, slot->step, "the pointer is saved here");
	}
}

/* A lock must be held, and it is not this one. */
static void add_held_lock(struct skep_search *s)
{
	static const char *const locks[] = { "spin_lock", NULL };
	size_t step;

	if (skep_span_find(s->c->message, SPAN("must be held")) < 0)
		return;
	step = skep_story_find_call(&s->c->path, s->c->refused, locks);
	skep_search_add(s, step, "this is the lock that is held");
}

/* The refused instruction is the story, but for what made its operand so. */
bool skep_cause_find_self(struct skep_search *s)
{
	struct skep_case *c = s->c;
	struct skep_op op = skep_insn_decode(&c->path.at[c->refused].insn);

	switch (c->entry->number) {
	case 107:
	case 108:
	case 140:
		add_offset(s);
		break;
	case 13:
	case 14:
	case 803:
		add_giver(s);
		break;
	case 520:
		find_thing(s);
		if (!add_user(s, "iterator") && !add_overwritten(s, "iterator") &&
		    skep_search_callee(s, c->refused).length)
			skep_search_add_way(s, "nothing makes the iterator");
		break;
	case 203:
	case 204:
		if (!add_overwritten(s, "dynptr"))
			add_saved(s);
		break;
	case 531:
		add_held_lock(s);
		break;
	case 408:
	case 530:
		if (c->reg >= 0)
			skep_cause_find_argument(s);
		break;
	case 602:
		if (skep_span_find(c->message, SPAN("doesn't match map pointer")) >= 0)
			skep_search_add_origin(
				s,
				skep_flow_root(&s->flow,
					       skep_flow_register(&s->flow, c->refused, 1)),
				NULL);
		break;
	case 604:
		skep_cause_find_lock(s);
		break;
	case 605:
		if (op.kind == SKEP_OP_EXIT)
			skep_cause_find_return(s);
		break;
	default:
		break;
	}
	return c->message.length > 0 && speaks_of(c->entry->number, op.kind);
}
