/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A number whose bounds do not suffice: where it came from, and which checks, masks and operations
 * gave it the bounds that it has.
 */
#include "causes.h"

#define CHECKS_MOST 16

/* Of the two operands of an operation, the one that leaves more open. */
static int worse_operand(const struct skep_search *s, size_t step, const struct skep_op *op)
{
	struct skep_span left = skep_search_state(s, step, op->dst);
	struct skep_span right = skep_search_state(s, step, op->src);
	struct skep_range a = skep_range_of(left), b = skep_range_of(right);

	if (!skep_span_is(skep_value_type(left), SPAN("scalar")))
		return left.length ? op->src : op->dst;
	if (!skep_span_is(skep_value_type(right), SPAN("scalar")))
		return right.length ? op->dst : op->src;
	if (skep_range_open_below(&a) != skep_range_open_below(&b))
		return skep_range_open_below(&a) ? op->dst : op->src;
	return a.umax >= b.umax ? op->dst : op->src;
}

/* `x & 127`, `x % 10`, `x >> 3` bound a number whatever it was before. */
static bool bounds(const struct skep_search *s, const struct skep_value *v)
{
	struct skep_range after;

	if (v->kind != SKEP_VALUE_COMPUTED || v->with ||
	    (v->code != SKEP_ALU_AND && v->code != SKEP_ALU_MOD && v->code != SKEP_ALU_RSH))
		return false;
	after = skep_search_range_after(s, v->step, v->reg);
	return after.known && !skep_range_open_above(&after) && !skep_range_open_below(&after);
}

/* As skep_chain_of(), and on through sums of two: along the operand that leaves more open. */
static void number_chain(const struct skep_search *s, struct skep_chain *chain, uint32_t id)
{
	struct skep_chain part;

	chain->count = 0;
	while (id && chain->count < SKEP_CHAIN_MOST) {
		const struct skep_value *v;
		struct skep_op op;

		skep_chain_of(&part, &s->flow, id);
		for (size_t i = 0; i < part.count && chain->count < SKEP_CHAIN_MOST; i++) {
			chain->at[chain->count++] = part.at[i];
			if (bounds(s, skep_flow_value(&s->flow, part.at[i])))
				return;
		}
		v = skep_flow_value(&s->flow, part.at[part.count - 1]);
		if (v->kind != SKEP_VALUE_COMPUTED || v->step == SKEP_NO_STEP)
			return;
		op = skep_insn_decode(&s->c->path.at[v->step].insn);
		id = skep_flow_register(&s->flow, v->step, worse_operand(s, v->step, &op));
	}
}

static void add_mask(struct skep_search *s, const struct skep_value *v)
{
	struct skep_range after = skep_search_range_after(s, v->step, v->reg);

	skep_search_set(s, "lost", "large");
	skep_search_add(s, v->step, "this leaves %s in %s",
			skep_words_assigned(s->c, v->step, v->reg),
			skep_range_words(s->c->arena, &after));
}

/* Whether a line of source could have been compiled to a comparison by order. */
static bool looks_ordered(struct skep_span source)
{
	return !source.length || skep_span_find_char(source, '<') >= 0 ||
	       skep_span_find_char(source, '>') >= 0 || skep_span_find_char(source, '(') < 0;
}

/* Tests of equality bound nothing, but for zero; and compilers make `x & 0xf8` of `(u8)x < 8`. */
static bool matters(const struct skep_search *s, const struct skep_check *check)
{
	const struct skep_value *v = skep_flow_value(&s->flow, check->value);
	bool with_zero = check->op.src < 0 && !check->op.number;

	if (skep_op_is_ordered(&check->op) || check->op.code == SKEP_JUMP_SET)
		return true;
	return with_zero && (s->c->entry->number == 111 ||
			     (v->kind == SKEP_VALUE_COMPUTED && v->code == SKEP_ALU_AND));
}

/* The nearest that is of the very value; one more where it is not, or is only of another reading. */
static size_t add_checks(struct skep_search *s, const struct skep_chain *chain, size_t at,
			 const struct skep_range *used)
{
	struct skep_check checks[CHECKS_MOST];
	size_t count = skep_checks_find(&s->flow, chain, at, checks, CHECKS_MOST), added = 0;
	size_t before;

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < count && added < 2; i++) {
			bool weak = checks[i].relation == SKEP_CHECK_REREAD ||
				    checks[i].relation == SKEP_CHECK_COPY;

			if (!matters(s, &checks[i]) || weak != (pass > 0) || (weak && added))
				continue;
			before = s->c->cause_count;
			s->merged = !looks_ordered(skep_words_source(s->c, checks[i].step));
			skep_search_add_check(s, chain, &checks[i], at, used);
			s->merged = false;
			if (s->c->cause_count > before && skep_op_is_ordered(&checks[i].op))
				s->vague[s->c->cause_count - 1] =
					!looks_ordered(skep_words_source(s->c, checks[i].step));
			added++;
		}
	return added;
}

/* Two numbers with bounds, and what is made of them has none: some kernels do not follow `|`. */
static bool add_lost(struct skep_search *s, const struct skep_chain *chain)
{
	for (size_t i = 0; i < chain->count; i++) {
		const struct skep_value *v = skep_flow_value(&s->flow, chain->at[i]);
		struct skep_range left, right, after;
		struct skep_op op;

		if (v->kind != SKEP_VALUE_COMPUTED || !v->with || v->step == SKEP_NO_STEP)
			continue;
		op = skep_insn_decode(&s->c->path.at[v->step].insn);
		left = skep_search_range(s, v->step, op.dst);
		right = skep_search_range(s, v->step, op.src);
		after = skep_search_range_after(s, v->step, op.dst);
		if (!left.known || !right.known || !after.known || !skep_range_open_above(&after) ||
		    skep_range_open_above(&left) || skep_range_open_above(&right) ||
		    skep_range_open_below(&left) || skep_range_open_below(&right))
			continue;
		skep_search_set(s, "lost", "operation");
		skep_search_add(
			s, v->step, "the bounds are lost here: of %s and %s the verifier makes %s",
			skep_range_words(s->c->arena, &left), skep_range_words(s->c->arena, &right),
			skep_range_words(s->c->arena, &after));
		return true;
	}
	return false;
}

/* `a + b`: the checks of the operand that the chain does not follow. */
static void add_other_operand(struct skep_search *s, const struct skep_chain *chain)
{
	for (size_t i = 0; i < chain->count; i++) {
		const struct skep_value *v = skep_flow_value(&s->flow, chain->at[i]);
		struct skep_chain other;
		struct skep_range used;
		struct skep_op op;
		int reg;

		if (v->kind != SKEP_VALUE_COMPUTED || !v->with || v->step == SKEP_NO_STEP ||
		    v->code != SKEP_ALU_ADD)
			continue;
		op = skep_insn_decode(&s->c->path.at[v->step].insn);
		reg = worse_operand(s, v->step, &op) == op.dst ? op.src : op.dst;
		used = skep_search_range(s, v->step, reg);
		number_chain(s, &other, skep_flow_register(&s->flow, v->step, reg));
		if (!other.count || other.count == SKEP_CHAIN_MOST)
			return;
		/* The sum is what is made of it, perhaps of 32 bits only. */
		memmove(other.at + 1, other.at, other.count * sizeof(other.at[0]));
		other.at[0] = chain->at[i];
		other.count++;
		add_checks(s, &other, v->step, &used);
		return;
	}
}

bool skep_search_add_number(struct skep_search *s, size_t at, int reg)
{
	struct skep_range used = skep_search_range(s, at, reg);
	uint32_t id = skep_flow_register(&s->flow, at, reg);
	const struct skep_value *last;
	struct skep_chain chain;
	size_t named;
	bool checked;

	if (!id)
		return false;
	number_chain(s, &chain, id);
	if (!chain.count)
		return false;
	if (add_lost(s, &chain))
		return used.known;
	skep_search_add_widening(s, chain.at[chain.count - 1], at);
	last = skep_flow_value(&s->flow, chain.at[chain.count - 1]);
	checked = add_checks(s, &chain, at, &used) > 0;
	add_other_operand(s, &chain);
	named = s->c->cause_count;
	if (bounds(s, last))
		add_mask(s, last);
	/* Where that is a line which is named already, what was masked is wanted. */
	if (bounds(s, last) && s->c->cause_count == named)
		skep_search_add_origin(s, skep_flow_root(&s->flow, last->from), NULL);
	else if (!bounds(s, last))
		skep_search_add_origin(s, chain.at[chain.count - 1], NULL);
	if (!checked)
		skep_search_set(s, "lost", "none");
	skep_search_set(s, "used_range", skep_range_words(s->c->arena, &used));
	return used.known;
}

/* Where a pointer got the variable part of its offset: the step; the register that was added. */
static size_t find_addend(const struct skep_search *s, uint32_t id, int *reg)
{
	for (int depth = 0; depth < SKEP_CHAIN_MOST; depth++) {
		const struct skep_value *v = skep_flow_value(&s->flow, id);
		struct skep_op op;

		if (v->kind != SKEP_VALUE_COMPUTED || v->step == SKEP_NO_STEP)
			return SKEP_NO_STEP;
		if (!v->with) {
			id = v->from;
			continue;
		}
		op = skep_insn_decode(&s->c->path.at[v->step].insn);
		*reg = worse_operand(s, v->step, &op);
		return v->step;
	}
	return SKEP_NO_STEP;
}

/* The lines differ, or are those of assembly, which has one for all its instructions. */
static bool is_elsewhere(const struct skep_search *s, size_t step)
{
	return !skep_words_same_line(s->c, step, s->c->refused) ||
	       skep_span_starts(skep_words_source(s->c, step), SPAN("asm"));
}

/* The memory is too small whatever is done: where it was made so. */
static bool add_object(struct skep_search *s, uint32_t id)
{
	const struct skep_value *root = skep_flow_value(&s->flow, skep_flow_root(&s->flow, id));
	struct skep_span callee = skep_search_callee(s, root->step), limit;

	limit = skep_fields_get(&s->c->fields, SPAN("limit"));
	if (root->kind != SKEP_VALUE_CALL || !callee.length)
		return root->kind == SKEP_VALUE_ENTRY || root->kind == SKEP_VALUE_ADDRESS ||
		       root->kind == SKEP_VALUE_FRAME;
	if (limit.length)
		skep_search_add(s, root->step, "%.*s() gives %.*s bytes here", (int)callee.length,
				callee.at, (int)limit.length, limit.at);
	else
		skep_search_add(s, root->step, "the pointer comes from %.*s()", (int)callee.length,
				callee.at);
	return true;
}

static bool is_number(const struct skep_search *s, int reg)
{
	return skep_span_is(skep_value_type(skep_search_state(s, s->c->refused, reg)),
			    SPAN("scalar"));
}

/* A size that is a number, but not one of the call's own line. */
static void add_size(struct skep_search *s, int reg)
{
	uint32_t id = skep_flow_register(&s->flow, s->c->refused, reg);
	const struct skep_value *v = skep_flow_value(&s->flow, id);

	if (v->step == SKEP_NO_STEP || !is_elsewhere(s, v->step) ||
	    skep_span_is(skep_fields_get(&s->c->fields, SPAN("outside")), SPAN("below")))
		return;
	if (v->kind == SKEP_VALUE_CONSTANT)
		skep_search_add(s, v->step, "the size is set to %lld here", (long long)v->number);
	else if (v->kind == SKEP_VALUE_COMPUTED &&
		 skep_search_range_after(s, v->step, v->reg).constant)
		skep_search_add(s, v->step, "the size is computed here: %lld",
				(long long)skep_search_range_after(s, v->step, v->reg).smin);
}

/* Older kernels do not say which: the number behind a pointer that may be 0. */
static int find_size(const struct skep_search *s)
{
	for (int reg = 2; reg <= 5 && skep_search_callee(s, s->c->refused).length; reg++) {
		struct skep_range range = skep_search_range(s, s->c->refused, reg);

		if (is_number(s, reg) && !is_number(s, reg - 1) && range.known && !range.umin)
			return reg;
	}
	return -1;
}

static int64_t moved_by(const struct skep_value *v)
{
	return v->code == SKEP_ALU_SUB ? -(uint64_t)v->number : (uint64_t)v->number;
}

static bool is_move(const struct skep_value *v)
{
	return v->kind == SKEP_VALUE_COMPUTED && !v->with && v->step != SKEP_NO_STEP && v->number &&
	       (v->code == SKEP_ALU_ADD || v->code == SKEP_ALU_SUB);
}

/* Where constants moved the pointer; in a loop, which compilers make of an index, once for all rounds. */
static void add_moves(struct skep_search *s)
{
	const struct skep_value *v = skep_flow_value(&s->flow, s->value);

	while (is_move(v) && s->c->cause_count < SKEP_CAUSES_MOST) {
		size_t last = v->step, times = 0;
		int insn = s->c->path.at[last].insn.number;
		int64_t by = moved_by(v), limit;

		for (; is_move(v) && s->c->path.at[v->step].insn.number == insn; times++)
			v = skep_flow_value(&s->flow, v->from);
		/* By so much that nothing of the memory is left: that is the mistake itself. */
		if (skep_fields_number(&s->c->fields, SPAN("limit"), &limit) && by >= limit)
			skep_search_set(s, "moved_by",
					skep_arena_printf(s->c->arena, "%lld", (long long)by));
		if (times > 1)
			skep_search_add(s, last,
					"the pointer is moved by %lld here, %zu times on this way",
					(long long)by, times);
		else if (is_elsewhere(s, last) && (by < -512 || s->c->entry->number != 102))
			skep_search_add(s, last, "the pointer is moved by %lld here",
					(long long)by);
	}
}

/* Behind keys and values of maps is no size: the map has it. */
static bool takes_size(const struct skep_search *s)
{
	const struct skep_insn *insn = &s->c->path.at[s->c->refused].insn;

	return skep_insn_decode(insn).kind == SKEP_OP_CALL &&
	       !skep_span_starts(skep_insn_callee(insn), SPAN("bpf_map_"));
}

/* The number is the size itself, or was or is being added to the pointer. */
bool skep_cause_find_bound(struct skep_search *s)
{
	struct skep_case *c = s->c;
	const struct skep_insn *insn = &c->path.at[c->refused].insn;
	struct skep_op op = skep_insn_decode(insn);
	struct skep_range size;
	size_t step;
	bool sized;
	int reg = -1;

	if (c->reg < 0 && c->entry->number == 111)
		c->reg = find_size(s);
	if (c->reg < 0)
		return false;
	if (is_number(s, c->reg))
		return skep_search_add_number(s, c->refused, c->reg);
	if (op.kind == SKEP_OP_ALU && op.dst == c->reg && op.src >= 0)
		return skep_search_add_number(s, c->refused, worse_operand(s, c->refused, &op));
	size = skep_search_range(s, c->refused, c->reg + 1);
	sized = takes_size(s) && c->reg < 5;
	if (sized && is_number(s, c->reg + 1) && !size.constant)
		return skep_search_add_number(s, c->refused, c->reg + 1);
	if (sized && size.constant)
		add_size(s, c->reg + 1);
	step = find_addend(s, s->value, &reg);
	if (step == SKEP_NO_STEP) {
		add_moves(s);
		return add_object(s, s->value);
	}
	size = skep_search_range(s, step, reg);
	skep_search_add(s, step, "the pointer is moved by %s here",
			skep_range_words(c->arena, &size));
	return skep_search_add_number(s, step, reg);
}
