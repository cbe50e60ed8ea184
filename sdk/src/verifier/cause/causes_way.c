/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What the verifier did to the way itself: where it joined the rounds of a loop and forgot a number
 * for that, and where it followed what a processor may run ahead of a comparison.
 */
#include "causes.h"

#define STEPS_MOST  20000
#define STATES_MOST 256 /* reading them takes its time */

/* A register that holds a value before a step; -1. */
static int find_holder(const struct skep_search *s, size_t step, uint32_t id)
{
	for (int reg = 0; reg <= 9; reg++)
		if (skep_flow_register(&s->flow, step, reg) == id)
			return reg;
	return -1;
}

/* What runs a body again, and joins what the rounds left: iterators, callbacks, may_goto. */
static bool joins(const struct skep_search *s, size_t step)
{
	static const char *const words[] = { "_next", "bpf_loop", "for_each", "find_vma",
					     "_drain" };
	struct skep_span callee = skep_search_callee(s, step);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (skep_span_find(callee, skep_span_of(words[i])) >= 0)
			return true;
	return skep_span_find(s->c->path.at[step].insn.text, SPAN("may_goto")) >= 0;
}

bool skep_search_add_widening(struct skep_search *s, uint32_t id, size_t use)
{
	const struct skep_value *v = skep_flow_value(&s->flow, id);
	struct skep_range made, now;
	size_t tries = STATES_MOST;

	if (v->step == SKEP_NO_STEP || v->step <= use + 1 || v->step - use > STEPS_MOST)
		return false;
	made = skep_search_range_after(s, v->step, v->reg);
	if (!made.known || skep_range_open_above(&made))
		return false;
	for (size_t i = v->step - 1; i > use; i--) {
		int reg = -1;

		if (!s->c->path.at[i].insn.next.length && !s->c->path.at[i - 1].before.length)
			continue;
		if (!joins(s, i))
			continue;
		if (!tries--)
			break;
		reg = find_holder(s, i - 1, id);
		now = reg < 0 ? made : skep_search_range(s, i - 1, reg);
		if (!now.known || (now.smin >= made.smin && now.smax <= made.smax))
			continue;
		skep_search_set(s, "lost", "widened");
		skep_search_add(
			s, i,
			"the rounds of a loop are joined here: R%d was %s, and from here on "
			"the verifier takes it for %s",
			reg, skep_range_words(s->c->arena, &made),
			skep_range_words(s->c->arena, &now));
		return true;
	}
	return false;
}

void skep_search_add_speculation(struct skep_search *s)
{
	const struct skep_path *path = &s->c->path;

	for (size_t i = s->c->refused; i + 1 < path->count && i < STEPS_MOST; i++)
		for (size_t line = path->at[i].line; line-- > 0;) {
			enum skep_line_kind kind = s->c->lines.at[line].kind;

			if (kind == SKEP_LINE_FROM &&
			    skep_span_find(s->c->lines.at[line].text, SPAN("(speculative")) >= 0) {
				skep_search_add(s, i + 1,
						"a processor may run ahead of this comparison the "
						"other way (speculative execution): the verifier "
						"follows that too, and is on that way here");
				return;
			}
			if (kind != SKEP_LINE_STATE && kind != SKEP_LINE_SOURCE &&
			    kind != SKEP_LINE_BLANK)
				break;
		}
}
