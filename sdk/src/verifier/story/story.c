/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "story.h"

/* What is followed: a register, or a slot of the stack, of one frame. */
struct followed {
	int reg; /* -1: the slot */
	int slot;
	int frame;
};

static bool mentions(struct skep_span text, int number)
{
	while (text.length) {
		size_t n = skep_span_word(text);

		if (n && skep_register_number(skep_span_upto(text, n)) == number)
			return true;
		text = skep_span_from(text, n ? n : 1);
	}
	return false;
}

static bool is_load(struct skep_span operand)
{
	return skep_span_starts(operand, SPAN("*("));
}

static bool stop(struct skep_origin *origin, enum skep_origin_kind kind, size_t step)
{
	origin->kind = kind;
	origin->step = step;
	return true;
}

/* `r1 = ...` where r1 is followed: goes on with what it is set from. True at the origin. */
static bool follow_assignment(struct skep_origin *origin, struct followed *f,
			      struct skep_span operand, size_t step)
{
	int from = skep_register_number(operand);
	int slot = skep_insn_stack_slot(operand);

	if (from >= 0 && skep_span_word(operand) == operand.length) {
		f->reg = from;
		return from == 10 && stop(origin, SKEP_ORIGIN_ENTRY, SKEP_NO_STEP);
	}
	if (is_load(operand) && slot) {
		f->reg = -1;
		f->slot = slot;
		return false;
	}
	if (is_load(operand))
		return stop(origin, SKEP_ORIGIN_LOAD, step);
	if (operand.length && (skep_is_digit(operand.at[0]) || operand.at[0] == '-'))
		return stop(origin, SKEP_ORIGIN_CONSTANT, step);
	if (skep_span_starts(operand, SPAN("map[")))
		return stop(origin, SKEP_ORIGIN_CONSTANT, step);
	return stop(origin, SKEP_ORIGIN_COMPUTED, step);
}

/* A register that is followed, in the frame that it belongs to. True at the origin. */
static bool follow_register(struct skep_origin *origin, struct followed *f,
			    const struct skep_insn *insn, size_t step)
{
	struct skep_span op, operand, callee = skep_insn_callee(insn);

	if (skep_span_starts(insn->text, SPAN("call "))) {
		if (f->reg == 0 && callee.length) {
			origin->call = callee;
			return stop(origin, SKEP_ORIGIN_CALL, step);
		}
		return f->reg <= 5 && stop(origin, SKEP_ORIGIN_LOST, step);
	}
	if (skep_insn_is_branch(insn) && mentions(insn->text, f->reg)) {
		if (origin->branch == SKEP_NO_STEP)
			origin->branch = step;
		return false;
	}
	if (skep_insn_target(insn) != f->reg)
		return false;
	operand = skep_insn_operand(insn, &op);
	if (skep_span_is(op, SPAN("=")))
		return follow_assignment(origin, f, operand, step);
	if (origin->arithmetic == SKEP_NO_STEP) {
		origin->arithmetic = step;
		origin->addend = skep_register_number(operand);
	}
	return false;
}

/* A slot that is followed: written from a register or with a number. */
static bool follow_slot(struct skep_origin *origin, struct followed *f,
			const struct skep_insn *insn, size_t step)
{
	ptrdiff_t equals = skep_span_find(insn->text, SPAN(") = "));
	struct skep_span from;

	if (!is_load(insn->text) || equals < 0 || skep_insn_stack_slot(insn->text) != f->slot)
		return false;
	from = skep_span_trim(skep_span_from(insn->text, (size_t)equals + 4));
	f->reg = skep_register_number(from);
	return f->reg < 0 && stop(origin, SKEP_ORIGIN_CONSTANT, step);
}

/*
 * Between frames: a return hands R0 to the caller, a call hands R1 to R5 to the callee. True when
 * the value does not come from the other side.
 */
static bool cross_frames(struct skep_origin *origin, struct followed *f,
			 const struct skep_step *step, size_t at)
{
	if (skep_insn_is_exit(&step->insn) && step->frame == f->frame + 1 && f->reg == 0) {
		f->frame = step->frame;
		return false;
	}
	if (skep_insn_calls_function(&step->insn) && step->frame == f->frame - 1) {
		if (f->reg < 1 || f->reg > 5)
			return stop(origin, SKEP_ORIGIN_ENTRY, at);
		f->frame = step->frame;
	}
	return false;
}

struct skep_origin skep_story_origin(const struct skep_path *path, size_t step, int number)
{
	struct skep_origin origin = { .step = SKEP_NO_STEP,
				      .arithmetic = SKEP_NO_STEP,
				      .addend = -1,
				      .branch = SKEP_NO_STEP };
	struct followed f = { .reg = number };

	if (step >= path->count || number < 0)
		return origin;
	f.frame = path->at[step].frame;
	for (size_t i = step + 1; i < path->count; i++) {
		const struct skep_step *s = &path->at[i];
		int frame = f.frame;

		if (cross_frames(&origin, &f, s, i))
			return origin;
		if (f.frame != frame || s->frame != f.frame)
			continue;
		if (f.reg < 0 ? follow_slot(&origin, &f, &s->insn, i)
			      : follow_register(&origin, &f, &s->insn, i))
			return origin;
	}
	/* At the beginning of a program or of a global function stands a state. */
	if (path->count &&
	    (path->at[path->count - 1].insn.number == 0 || path->at[path->count - 1].before.length))
		origin.kind = SKEP_ORIGIN_ENTRY;
	return origin;
}

size_t skep_story_find_call(const struct skep_path *path, size_t step, const char *const *words)
{
	for (size_t i = step + 1; i < path->count; i++) {
		struct skep_span callee = skep_insn_callee(&path->at[i].insn);

		for (size_t w = 0; callee.length && words[w]; w++)
			if (skep_span_find(callee, skep_span_of(words[w])) >= 0)
				return i;
	}
	return SKEP_NO_STEP;
}

size_t skep_story_find_insn(const struct skep_path *path, size_t step, int64_t number)
{
	for (size_t i = step; i < path->count; i++)
		if (path->at[i].insn.number == number)
			return i;
	return SKEP_NO_STEP;
}

size_t skep_story_find_check(const struct skep_path *path, size_t step, struct skep_span type)
{
	for (size_t i = step + 1; i < path->count; i++) {
		struct skep_span text = path->at[i].insn.text;

		if (!skep_insn_is_branch(&path->at[i].insn))
			continue;
		while (text.length) {
			size_t n = skep_span_word(text);
			int number = n ? skep_register_number(skep_span_upto(text, n)) : -1;

			if (number >= 0 &&
			    skep_span_starts(skep_path_register(path, i, number), type))
				return i;
			text = skep_span_from(text, n ? n : 1);
		}
	}
	return SKEP_NO_STEP;
}
