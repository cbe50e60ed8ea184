/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What verification cost, from the lines that end a log. */
#include "verifier/explanation.h"

#define FUNCTIONS_MOST 256 /* of one program, for the kernel */

static uint64_t number_behind(struct skep_span text, struct skep_span key)
{
	ptrdiff_t at = skep_span_find(text, key);
	int64_t number;

	if (at < 0)
		return 0;
	text = skep_span_from(text, (size_t)at + key.length);
	return skep_take_number(&text, &number) && number > 0 ? (uint64_t)number : 0;
}

static void add_stack(struct skep_cost *cost, unsigned *stacks, int64_t bytes)
{
	if (stacks && cost->stack_count < FUNCTIONS_MOST)
		stacks[cost->stack_count++] = bytes > 0 && bytes < INT32_MAX ? (unsigned)bytes : 0;
}

/*
 * `stack depth 24+0`: of each function; what the deepest chain needs, one alone tells. Linux 7.3:
 * `stack depth max 48`, that of the deepest chain.
 */
static void read_stacks(struct skep_cost *cost, unsigned *stacks, struct skep_span text)
{
	int64_t number;

	cost->stack_count = 0;
	if (skep_take(&text, SPAN("max "))) {
		cost->stack = (unsigned)number_behind(text, SPAN("")) & INT32_MAX;
		return;
	}
	while (skep_take_number(&text, &number)) {
		add_stack(cost, stacks, number);
		if (!skep_take(&text, SPAN("+")))
			break;
	}
	cost->stack = cost->stack_count == 1 ? stacks[0] : 0;
}

static void read_line(struct skep_cost *cost, unsigned *stacks, struct skep_span text)
{
	struct skep_span rest = text;

	if (skep_take(&rest, SPAN("processed "))) {
		cost->insns = number_behind(text, SPAN("processed "));
		cost->insn_limit = number_behind(rest, SPAN("(limit "));
		cost->states = number_behind(rest, SPAN(" total_states "));
		cost->states_peak = number_behind(rest, SPAN(" peak_states "));
		cost->states_most = number_behind(rest, SPAN(" max_states_per_insn "));
	} else if (skep_take(&rest, SPAN("verification time "))) {
		cost->time_us = number_behind(text, SPAN("verification time "));
	} else if (skep_take(&rest, SPAN("stack depth "))) {
		read_stacks(cost, stacks, rest);
	} else if (skep_take(&rest, SPAN("subprog ")) &&
		   skep_span_find(rest, SPAN(" stack ")) >= 0) {
		add_stack(cost, stacks, (int64_t)number_behind(rest, SPAN(" stack ")));
	}
}

/* Refused for what it cost, and not for what it did. */
static bool is_too_dear(const struct skep_case *c, const struct skep_cost *cost)
{
	return (cost->insn_limit && cost->insns >= cost->insn_limit) ||
	       skep_span_find(c->message, SPAN("too complex")) >= 0;
}

void skep_cost_add(struct skep_explanation *out, const struct skep_case *c)
{
	struct skep_costs *added = skep_arena_alloc(c->arena, sizeof(*added));
	unsigned *stacks = skep_arena_alloc(c->arena, FUNCTIONS_MOST * sizeof(*stacks));
	struct skep_span name = skep_program_named(c);

	if (!added || !stacks)
		return;
	for (size_t i = 0; i < c->lines.count; i++)
		if (c->lines.at[i].kind == SKEP_LINE_STATS ||
		    c->lines.at[i].kind == SKEP_LINE_PROCESSED)
			read_line(&added->cost, stacks, c->lines.at[i].text);
	added->cost.stacks = stacks;
	added->cost.refused = c->entry;
	if (c->entry && !is_too_dear(c, &added->cost))
		return;
	if (c->request->program || name.length)
		added->cost.program = skep_arena_copy(
			c->arena, c->request->program ? skep_span_of(c->request->program) : name);
	*out->last_cost = added;
	out->last_cost = &added->next;
	out->cost_count++;
}
