/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "lineage.h"

#include <errno.h>
#include <stdlib.h>

#define FOLLOWED_MOST 24

/* What is followed: registers, and slots of the stack, of frames. */
struct followed {
	int frame, reg, slot; /* reg -1: the slot */
};

struct walk {
	struct skep_lineage *lineage;
	const struct skep_diagnostic *d;
	struct followed followed[FOLLOWED_MOST];
	size_t count, room;
	uint32_t causes;     /* those that were met */
	bool failed, packet; /* `packet`: it is about how much of a packet is there */
};

struct skep_insn skep_lineage_insn(const struct skep_step_taken *step)
{
	return (struct skep_insn){
		.number = step->place.insn,
		.text = skep_span_of(step->place.asm_text ? step->place.asm_text : ""),
		.state = skep_span_of(step->after ? step->after : ""),
	};
}

bool skep_lineage_jumped(const struct skep_diagnostic *d, size_t step)
{
	return step + 1 < d->step_count &&
	       d->steps[step + 1].place.insn != d->steps[step].place.insn + 1;
}

struct skep_span skep_lineage_value(const struct skep_diagnostic *d, size_t step, int reg)
{
	const struct skep_step_taken *at = &d->steps[step];
	const char *next = step + 1 < d->step_count ? d->steps[step + 1].before : NULL;
	struct skep_span state = skep_span_of(at->after ? at->after : ""), value = SPAN("");

	if (state.length && skep_state_frame(state) == at->frame)
		value = skep_state_register(state, reg);
	if (!value.length && next && skep_state_frame(skep_span_of(next)) == at->frame)
		value = skep_state_register(skep_span_of(next), reg);
	return value;
}

static void add(struct walk *w, struct skep_lineage_step step)
{
	struct skep_lineage *l = w->lineage;

	if (l->count == w->room) {
		size_t more = w->room ? 2 * w->room : 64;
		struct skep_lineage_step *grown = realloc(l->at, more * sizeof(*grown));

		if (!grown) {
			w->failed = true;
			return;
		}
		l->at = grown;
		w->room = more;
	}
	l->at[l->count++] = step;
}

static size_t position(const struct walk *w, int frame, int reg, int slot)
{
	size_t i = 0;

	while (i < w->count && (w->followed[i].frame != frame || w->followed[i].reg != reg ||
				(reg < 0 && w->followed[i].slot != slot)))
		i++;
	return i;
}

static void follow(struct walk *w, int frame, int reg, int slot)
{
	if (reg == 10 || w->count == FOLLOWED_MOST || position(w, frame, reg, slot) < w->count)
		return;
	w->followed[w->count++] = (struct followed){ frame, reg, slot };
}

/* Whether it was followed. */
static bool leave(struct walk *w, int frame, int reg, int slot)
{
	size_t i = position(w, frame, reg, slot);

	if (i == w->count)
		return false;
	w->followed[i] = w->followed[--w->count];
	return true;
}

/* The registers that a text names. */
static void follow_all(struct walk *w, int frame, struct skep_span text)
{
	while (text.length) {
		size_t n = skep_span_word(text);
		int reg = n ? skep_register_number(skep_span_upto(text, n)) : -1;

		if (reg >= 0)
			follow(w, frame, reg, 0);
		text = skep_span_from(text, n ? n : 1);
	}
}

static void see_assignment(struct walk *w, size_t i, int target, struct skep_span op,
			   struct skep_span operand)
{
	int frame = w->d->steps[i].frame, from = skep_register_number(operand);
	int slot = skep_insn_stack_slot(operand);
	struct skep_lineage_step step = { .step = i, .reg = target, .from = from, .slot = slot };

	if (position(w, frame, target, 0) == w->count)
		return;
	if (!skep_span_is(op, SPAN("="))) {
		follow_all(w, frame, operand);
		step.deed = SKEP_DEED_CHANGED;
		add(w, step);
		return;
	}
	leave(w, frame, target, 0);
	if (from >= 0 && skep_span_word(operand) == operand.length) {
		follow(w, frame, from, 0);
		step.deed = SKEP_DEED_COPIED;
	} else if (skep_span_starts(operand, SPAN("*(")) && slot) {
		follow(w, frame, -1, slot);
		step.deed = SKEP_DEED_FETCHED;
	} else if (skep_span_starts(operand, SPAN("*("))) {
		step.deed = SKEP_DEED_LOADED;
	} else {
		follow_all(w, frame, operand);
		step.deed = SKEP_DEED_SET;
	}
	add(w, step);
}

static void see_store(struct walk *w, size_t i, struct skep_span text)
{
	int frame = w->d->steps[i].frame, slot = skep_insn_stack_slot(text), from;
	ptrdiff_t equals = skep_span_find(text, SPAN(") = "));

	if (!slot || equals < 0 || !leave(w, frame, -1, slot))
		return;
	from = skep_register_number(skep_span_trim(skep_span_from(text, (size_t)equals + 4)));
	if (from >= 0)
		follow(w, frame, from, 0);
	add(w,
	    (struct skep_lineage_step){
		    .step = i, .deed = SKEP_DEED_STORED, .reg = -1, .from = from, .slot = slot });
}

/*
 * A check bears on what is followed when it names it, when the kernel says that it changed what is
 * known of it (a copy was checked), and, for packets, when it is one with the packet's end.
 */
static int compared_register(const struct walk *w, size_t i, struct skep_span text)
{
	const struct skep_step_taken *step = &w->d->steps[i];
	struct skep_span after = skep_span_of(step->after ? step->after : "");
	int packet = -1;

	while (text.length) {
		size_t n = skep_span_word(text);
		int reg = n ? skep_register_number(skep_span_upto(text, n)) : -1;

		if (reg >= 0 && position(w, step->frame, reg, 0) < w->count)
			return reg;
		if (reg >= 0 && w->packet &&
		    skep_span_is(skep_value_type(skep_lineage_value(w->d, i, reg)), SPAN("pkt")))
			packet = reg;
		text = skep_span_from(text, n ? n : 1);
	}
	for (size_t f = 0; after.length && f < w->count; f++)
		if (w->followed[f].frame == step->frame && w->followed[f].reg >= 0 &&
		    skep_state_frame(after) == step->frame &&
		    skep_state_register(after, w->followed[f].reg).length)
			return w->followed[f].reg;
	return packet;
}

static void see_branch(struct walk *w, size_t i, struct skep_span text)
{
	int reg = compared_register(w, i, text);

	add(w, (struct skep_lineage_step){ .step = i,
					   .deed = reg < 0 ? SKEP_DEED_BRANCH : SKEP_DEED_COMPARED,
					   .reg = reg });
}

/* The registers that an instruction reads. */
static void follow_sources(struct walk *w, size_t i, const struct skep_insn *insn)
{
	struct skep_span op, operand = skep_insn_operand(insn, &op);
	int frame = w->d->steps[i].frame, target = skep_insn_target(insn);

	if (skep_insn_is_branch(insn)) {
		follow_all(w, frame, insn->text);
	} else if (target >= 0) {
		if (!skep_span_is(op, SPAN("=")))
			follow(w, frame, target, 0);
		follow_all(w, frame, operand);
	}
}

/*
 * A cause that no register told of: a reference that was taken, a lock. What it leans on is followed
 * from there: the size that was computed, both sides of a comparison.
 */
static void see_cause(struct walk *w, size_t i, size_t known)
{
	const struct skep_lineage *l = w->lineage;
	bool told = l->count > known && l->at[l->count - 1].deed != SKEP_DEED_BRANCH;
	struct skep_insn insn = skep_lineage_insn(&w->d->steps[i]);

	for (size_t c = 0; c < w->d->cause_count && c < 32; c++) {
		if (insn.number < 0 || insn.number != w->d->causes[c].place.insn ||
		    w->causes & 1u << c)
			continue;
		w->causes |= 1u << c;
		if (!skep_insn_callee(&insn).length)
			follow_sources(w, i, &insn);
		if (told)
			continue;
		add(w, (struct skep_lineage_step){
			       .step = i, .deed = SKEP_DEED_CAUSE, .reg = -1, .slot = (int)c });
	}
}

/* A return hands R0 to the caller, a call hands R1 to R5 to the function. */
static void see_frames(struct walk *w, size_t i, const struct skep_insn *insn)
{
	int frame = w->d->steps[i].frame;
	struct skep_lineage_step step = { .step = i, .from = -1 };

	if (skep_insn_is_exit(insn) && leave(w, frame - 1, 0, 0)) {
		follow(w, frame, 0, 0);
		step.deed = SKEP_DEED_GIVEN;
		add(w, step);
	}
	if (!skep_insn_calls_function(insn))
		return;
	for (int reg = 0; reg <= 5; reg++)
		leave(w, frame, reg, 0);
	for (int reg = 1; reg <= 5; reg++)
		if (leave(w, frame + 1, reg, 0)) {
			follow(w, frame, reg, 0);
			step.deed = SKEP_DEED_HANDED;
			step.reg = reg;
			add(w, step);
		}
}

static void see(struct walk *w, size_t i)
{
	struct skep_insn insn = skep_lineage_insn(&w->d->steps[i]);
	int frame = w->d->steps[i].frame, target = skep_insn_target(&insn);
	struct skep_span op, operand = skep_insn_operand(&insn, &op);

	if (skep_insn_callee(&insn).length) {
		if (leave(w, frame, 0, 0))
			add(w, (struct skep_lineage_step){
				       .step = i, .deed = SKEP_DEED_RETURNED, .from = -1 });
		for (int reg = 1; reg <= 5; reg++)
			leave(w, frame, reg, 0);
	} else if (skep_insn_is_branch(&insn)) {
		see_branch(w, i, insn.text);
	} else if (target >= 0) {
		see_assignment(w, i, target, op, operand);
	} else {
		see_store(w, i, insn.text);
	}
	see_frames(w, i, &insn);
}

/* `R6 invalid mem access`; else the pointer that the refused instruction goes through. */
static int refused_register(const struct skep_diagnostic *d, const struct skep_insn *insn)
{
	struct skep_span text = skep_span_of(d->kernel_message);
	ptrdiff_t at = skep_span_find(insn->text, SPAN(" *)("));

	while (text.length) {
		size_t n = skep_span_word(text);
		int reg =
			n && text.at[0] == 'R' ? skep_register_number(skep_span_upto(text, n)) : -1;

		if (reg >= 0)
			return reg;
		text = skep_span_from(text, n ? n : 1);
	}
	return at < 0 ? -1 : skep_register_number(skep_span_from(insn->text, (size_t)at + 4));
}

int skep_lineage_find(struct skep_lineage *lineage, const struct skep_diagnostic *d)
{
	struct walk w = { .lineage = lineage, .d = d };
	size_t last = d->step_count;
	struct skep_insn insn;
	int reg;

	if (!last)
		return 0;
	insn = skep_lineage_insn(&d->steps[--last]);
	reg = refused_register(d, &insn);
	w.packet = skep_span_find(skep_span_of(d->kernel_message), SPAN("packet")) >= 0 ||
		   skep_span_find(skep_span_of(d->message), SPAN("packet")) >= 0;
	add(&w, (struct skep_lineage_step){ .step = last, .deed = SKEP_DEED_REFUSED, .reg = reg });
	if (reg >= 0)
		follow(&w, d->steps[last].frame, reg, 0);
	/* Older kernels name the pointer where the size behind it is meant. */
	if (skep_insn_callee(&insn).length)
		follow_all(&w, d->steps[last].frame, skep_span_of(d->message));
	while (last-- > 0 && !w.failed) {
		size_t known = lineage->count;

		see(&w, last);
		see_cause(&w, last, known);
	}
	for (size_t i = 0; i < lineage->count / 2; i++) {
		struct skep_lineage_step swapped = lineage->at[i];

		lineage->at[i] = lineage->at[lineage->count - 1 - i];
		lineage->at[lineage->count - 1 - i] = swapped;
	}
	return w.failed ? -ENOMEM : 0;
}

void skep_lineage_free(struct skep_lineage *lineage)
{
	free(lineage->at);
	*lineage = (struct skep_lineage){ 0 };
}
