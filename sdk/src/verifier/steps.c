/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The way to the refused instruction, for those who want to see it. */
#include "explanation.h"

static const char *text_or_null(struct skep_arena *arena, struct skep_span text)
{
	return text.length ? skep_arena_copy(arena, text) : NULL;
}

void skep_steps_add(const struct skep_case *c, struct skep_diagnostic *d)
{
	struct skep_step_taken *steps =
		skep_arena_alloc(c->arena, c->path.count * sizeof(*steps) + 1);

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
	}
	d->steps = steps;
	d->step_count = c->path.count;
}
