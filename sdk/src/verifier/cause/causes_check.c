/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A check that did not suffice, and which way its bound was lost: the field `lost` says it in one
 * word.
 */
#include "causes.h"

/* `x << 2`, `x * 4`, a move of 32 bits: what an index goes through to become an offset. */
static bool scales(const struct skep_value *v, int64_t *scale)
{
	if (v->kind != SKEP_VALUE_COMPUTED || v->with)
		return false;
	if (v->code == SKEP_ALU_LSH && v->number >= 0 && v->number < 16 && *scale < 65536)
		*scale <<= v->number;
	else if (v->code == SKEP_ALU_MUL && v->number > 0 && v->number < 65536 && *scale < 65536)
		*scale *= v->number;
	else
		return v->code == SKEP_ALU_MOV;
	return true;
}

/* Logs may hold any number: sums of these fit. */
static bool is_small(int64_t number)
{
	return number >= INT32_MIN && number <= INT32_MAX;
}

/* How large the checked number may be for the access to stay inside; false where it is not known. */
static bool largest_allowed(const struct skep_search *s, const struct skep_chain *chain,
			    const struct skep_check *check, const struct skep_range *used,
			    int64_t *largest)
{
	const struct skep_fields *fields = &s->c->fields;
	int64_t off, size, limit, scale = 1;

	if (!skep_fields_number(fields, SPAN("limit"), &limit) ||
	    !skep_fields_number(fields, SPAN("off"), &off) ||
	    !skep_fields_number(fields, SPAN("size"), &size) || used->umax > INT32_MAX ||
	    !is_small(limit) || !is_small(off) || !is_small(size))
		return false;
	for (size_t i = 0; i < chain->count && chain->at[i] != check->value; i++)
		if (!scales(skep_flow_value(&s->flow, chain->at[i]), &scale))
			return false;
	/* The message has the largest offset; what is fixed in it comes off. */
	*largest = limit - size - (off - (int64_t)used->umax);
	if (*largest < 0 || off < (int64_t)used->umax)
		return false;
	*largest /= scale;
	return true;
}

/* The bound was there behind the check, and is not at the use: read back, or another copy. */
static bool add_dropped(struct skep_search *s, const struct skep_check *check, size_t use,
			const char *name)
{
	for (size_t i = use + 1; i < check->step; i++) {
		const struct skep_step *step = &s->c->path.at[i];
		struct skep_op op = skep_insn_decode(&step->insn);
		struct skep_range range;

		if (op.kind != SKEP_OP_LOAD ||
		    skep_flow_register(&s->flow, i - 1, op.dst) != check->value)
			continue;
		range = skep_search_range_after(s, i, op.dst);
		if (!range.known ||
		    !(skep_range_open_above(&range) || skep_range_open_below(&range)))
			continue;
		skep_search_set(s, "lost", "spill");
		skep_search_add(
			s, i,
			"%s is read back from the stack here, and the copy there was not the "
			"one that was checked: %s",
			name, skep_range_words(s->c->arena, &range));
		return true;
	}
	return false;
}

static bool is_signed(const struct skep_op *op)
{
	return op->code == SKEP_JUMP_SGT || op->code == SKEP_JUMP_SGE ||
	       op->code == SKEP_JUMP_SLT || op->code == SKEP_JUMP_SLE;
}

/* Whether what is made of the checked value begins with its lower 32 bits alone. */
static bool uses_low(const struct skep_search *s, const struct skep_chain *chain,
		     const struct skep_check *check)
{
	for (size_t i = 1; i < chain->count; i++) {
		const struct skep_value *v = skep_flow_value(&s->flow, chain->at[i - 1]);

		if (chain->at[i] == check->value)
			return v->kind == SKEP_VALUE_COMPUTED && !v->wide;
	}
	return false;
}

/* This very value, or one that it only was scaled from. */
static void add_direct(struct skep_search *s, const struct skep_chain *chain,
		       const struct skep_check *check, size_t use, const struct skep_range *used)
{
	struct skep_range after = skep_search_range_after(s, check->step, check->reg);
	const char *name = skep_words_compared(s->c, check->step, check->reg);
	const char *words;
	int64_t largest;

	if (!check->op.wide && !is_signed(&check->op) && check->step && uses_low(s, chain, check))
		after = skep_range_low(skep_search_state(s, check->step - 1, check->reg));
	words = skep_range_words(s->c->arena, &after);
	if (!check->op.wide && is_signed(&check->op) && skep_range_open_above(&after)) {
		skep_search_set(s, "lost", "signed");
		skep_search_add(
			s, check->step,
			"this check compares %s as a signed number: it may be negative, and as an "
			"offset that is %s",
			name, words);
	} else if (!check->op.wide &&
		   (skep_range_open_above(&after) || skep_range_open_below(&after))) {
		skep_search_set(s, "lost", "width");
		skep_search_add(
			s, check->step,
			"this check looks at 32 of the 64 bits of %s; all of them may be %s", name,
			words);
	} else if (skep_range_open_below(&after)) {
		skep_search_set(s, "lost", skep_range_open_above(&after) ? "none" : "signed");
		skep_search_add(s, check->step, "this check leaves %s in %s: it may be negative",
				name, words);
	} else if (skep_range_open_above(&after)) {
		skep_search_set(s, "lost", "upper");
		skep_search_add(s, check->step, "this check leaves %s in %s: it has no upper end",
				name, words);
	} else if ((skep_range_open_above(used) || skep_range_open_below(used)) &&
		   check->relation == SKEP_CHECK_SAME) {
		if (!add_dropped(s, check, use, name))
			skep_search_set(s, "lost", "copy");
		skep_search_add(
			s, check->step,
			"this check leaves %s in %s, but what is used is another copy of it", name,
			words);
	} else if (largest_allowed(s, chain, check, used, &largest) &&
		   (int64_t)after.umax > largest) {
		skep_search_set(s, "lost", "large");
		skep_search_set(s, "bound_max",
				skep_arena_printf(s->c->arena, "%lld", (long long)largest));
		skep_search_add(s, check->step, "this check leaves %s in %s; at most %lld fits",
				name, words, (long long)largest);
	} else {
		skep_search_set(s, "lost", "large");
		skep_search_add(s, check->step, "this check leaves %s in %s", name, words);
	}
}

/* What the value became after it was checked. */
static void add_change(struct skep_search *s, const struct skep_check *check, size_t use)
{
	const struct skep_value *change = skep_flow_value(&s->flow, check->change);
	struct skep_range before = skep_search_range_after(s, check->step, check->reg);
	struct skep_range after = skep_search_range_after(s, change->step, change->reg);
	const char *name = skep_words_compared(s->c, check->step, check->reg);

	(void)use;
	skep_search_set(s, "lost", "arith");
	skep_search_add(s, change->step, "the number is changed after the check, to %s",
			skep_range_words(s->c->arena, &after));
	skep_search_add(s, check->step, "this check leaves %s in %s, before it is changed", name,
			skep_range_words(s->c->arena, &before));
}

/* Of values that differ by a constant newer kernels know both once one is compared. */
static bool add_linked(struct skep_search *s, const struct skep_chain *chain,
		       const struct skep_check *check, const struct skep_range *used,
		       const char *name)
{
	for (size_t i = 0; check->step && i < chain->count; i++)
		for (int reg = 0; reg <= 9; reg++) {
			struct skep_range before, after;

			if (chain->at[i] == check->value ||
			    skep_flow_register(&s->flow, check->step - 1, reg) != chain->at[i])
				continue;
			before = skep_search_range(s, check->step, reg);
			after = skep_search_range(s, check->step - 1, reg);
			/* Newer kernels do not print it at the check, only where it is used. */
			if (!i && used->known && !skep_range_open_above(used))
				after = *used;
			if (!after.known || skep_range_open_above(&after) || !before.known ||
			    !skep_range_open_above(&before))
				continue;
			skep_search_set(s, "lost", "large");
			skep_search_add(s, check->step,
					"this check of %s bounds R%d too, which is made of the "
					"same: to %s",
					name, reg, skep_range_words(s->c->arena, &after));
			return true;
		}
	return false;
}

void skep_search_add_check(struct skep_search *s, const struct skep_chain *chain,
			   const struct skep_check *check, size_t use,
			   const struct skep_range *used)
{
	const char *name = skep_words_compared(s->c, check->step, check->reg);
	const struct skep_value *change = skep_flow_value(&s->flow, check->change);

	switch (check->relation) {
	case SKEP_CHECK_SAME:
		add_direct(s, chain, check, use, used);
		break;
	case SKEP_CHECK_BEFORE:
		/* On the line of the access itself the change is only how an index becomes an offset. */
		if (skep_words_same_line(s->c, change->step, s->c->refused) ||
		    change->code == SKEP_ALU_MOV)
			add_direct(s, chain, check, use, used);
		else
			add_change(s, check, use);
		break;
	case SKEP_CHECK_COPY:
		if (add_linked(s, chain, check, used, name))
			break;
		skep_search_set(s, "lost", "copy");
		skep_search_add(
			s, check->step,
			"this check is of a copy of %s: of the one that is used it shows nothing",
			name);
		break;
	default:
		skep_search_set(s, "lost", "reread");
		skep_search_add(
			s, check->step,
			"this check is of an earlier reading of %s; what is used is read again, and "
			"may be another",
			name);
	}
}
