/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The way to the refused instruction, for those who want to see it. */
#include "verifier/explanation.h"

static const char *text_or_null(struct skep_arena *arena, struct skep_span text)
{
	return text.length ? skep_arena_copy(arena, text) : NULL;
}

/*
 * Up to Linux 6.12 the state of where a branch goes may follow on its line: `goto pc+2 16: R0=...`.
 * Position of its number; 0 where there is none.
 */
static size_t find_glued(struct skep_span line)
{
	ptrdiff_t go = skep_span_find(line, SPAN(" goto "));
	size_t at = go < 0 ? 0 : (size_t)go + 6;

	while (at && at < line.length) {
		ptrdiff_t colon = skep_span_find(skep_span_from(line, at), SPAN(": "));
		size_t end, begin;
		struct skep_span state;

		if (colon < 0)
			return 0;
		end = begin = at + (size_t)colon;
		while (begin > at && skep_is_digit(line.at[begin - 1]))
			begin--;
		state = skep_span_from(line, end + 2);
		if (begin < end && line.at[begin - 1] == ' ' &&
		    (skep_span_starts(state, SPAN("R")) || skep_span_starts(state, SPAN("frame"))))
			return begin;
		at = end + 2;
	}
	return 0;
}

/* The instruction without what is glued to it, which is the state before the next step. */
static struct skep_span cut_glued(const struct skep_case *c, const struct skep_step *step,
				  struct skep_step_taken *taken)
{
	struct skep_span line = c->lines.at[step->line].text, rest;
	size_t glued = find_glued(line), code;
	ptrdiff_t paren = skep_span_find(line, SPAN(") "));

	if (!glued || paren < 0 || (size_t)paren + 2 > glued)
		return SPAN("");
	code = (size_t)paren + 2;
	rest = skep_span_trim(skep_span_upto(skep_span_from(line, code), glued - code));
	taken->place.asm_text = skep_arena_copy(c->arena, rest);
	taken->after = NULL;
	rest = skep_span_from(line, glued);
	rest = skep_span_from(rest, skep_span_word(rest) + 1);
	return skep_span_trim(rest);
}

void skep_steps_add(const struct skep_case *c, struct skep_diagnostic *d)
{
	struct skep_step_taken *steps =
		skep_arena_alloc(c->arena, c->path.count * sizeof(*steps) + 1);
	struct skep_span glued = SPAN("");

	if (!steps)
		return;
	for (size_t i = 0; i < c->path.count; i++) {
		size_t from = c->path.count - 1 - i;
		const struct skep_step *step = &c->path.at[from];

		steps[i] = (struct skep_step_taken){
			.place = skep_place_of_step(c, from),
			.frame = step->frame,
			.before = text_or_null(c->arena, step->before),
			.after = text_or_null(c->arena, step->insn.state),
		};
		if (!steps[i].before)
			steps[i].before = text_or_null(c->arena, glued);
		glued = cut_glued(c, step, &steps[i]);
	}
	d->steps = steps;
	d->step_count = c->path.count;
}
