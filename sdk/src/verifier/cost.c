/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What verification cost, from the log of an accepted program. */
#include "explanation.h"

void skep_cost_add(struct skep_explanation *out, const struct skep_case *c)
{
	struct skep_costs *added = skep_arena_alloc(c->arena, sizeof(*added));
	struct skep_span name = skep_program_named(c);

	if (!added)
		return;
	if (c->request->program || name.length)
		added->cost.program = skep_arena_copy(
			c->arena, c->request->program ? skep_span_of(c->request->program) : name);
	*out->last_cost = added;
	out->last_cost = &added->next;
	out->cost_count++;
}
