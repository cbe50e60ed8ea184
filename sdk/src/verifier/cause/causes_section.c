/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* References, locks and other sections that are left open, and loops without an end. */
#include "causes.h"
#include "verifier/facts/release.h"

/* Early returns share one exit: the branch that went there says which of them it was. */
static void add_leaving(struct skep_search *s, size_t acquired)
{
	const struct skep_path *path = &s->c->path;

	for (size_t i = s->c->refused + 1; i < path->count && i < acquired && i < s->c->refused + 6;
	     i++)
		if (skep_insn_is_branch(&path->at[i].insn)) {
			if (skep_flow_taken(&s->flow, i))
				skep_search_add(s, i,
						"from here this path leaves without releasing it");
			return;
		}
}

bool skep_cause_find_reference(struct skep_search *s)
{
	struct skep_case *c = s->c;
	int64_t number;
	size_t step = SKEP_NO_STEP;
	struct skep_span callee;

	if (skep_fields_number(&c->fields, SPAN("alloc"), &number))
		step = skep_story_find_insn(&c->path, c->refused, number);
	if (step == SKEP_NO_STEP)
		return false;
	callee = skep_search_callee(s, step);
	add_leaving(s, step);
	if (callee.length)
		skep_search_add(s, step, "%.*s() takes the reference here", (int)callee.length,
				callee.at);
	else
		skep_search_add(s, step, "the reference is taken here");
	return true;
}

enum section {
	SECTION_LOCK,
	SECTION_RCU,
	SECTION_PREEMPT,
	SECTION_IRQ,
	SECTION_COUNT
};

/* +1 for what opens a protected section, -1 for what closes one. */
static int section_change(struct skep_span call, enum section *section)
{
	static const struct {
		const char *part;
		enum section section;
		int change;
	} words[] = {
		{ "rcu_read_unlock", SECTION_RCU, -1 },
		{ "rcu_read_lock", SECTION_RCU, 1 },
		{ "preempt_enable", SECTION_PREEMPT, -1 },
		{ "preempt_disable", SECTION_PREEMPT, 1 },
		{ "irq_restore", SECTION_IRQ, -1 },
		{ "irq_save", SECTION_IRQ, 1 },
		{ "spin_unlock", SECTION_LOCK, -1 },
		{ "spin_lock", SECTION_LOCK, 1 },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (skep_span_find(call, skep_span_of(words[i].part)) >= 0) {
			*section = words[i].section;
			return words[i].change;
		}
	return 0;
}

/* Which kind the message speaks of; SECTION_COUNT: of any. */
static enum section section_of_message(struct skep_span message)
{
	if (skep_span_find(message, SPAN("rcu")) >= 0 || skep_span_find(message, SPAN("RCU")) >= 0)
		return SECTION_RCU;
	if (skep_span_find(message, SPAN("preempt")) >= 0)
		return SECTION_PREEMPT;
	if (skep_span_find(message, SPAN("irq")) >= 0 || skep_span_find(message, SPAN("IRQ")) >= 0)
		return SECTION_IRQ;
	if (skep_span_find(message, SPAN("lock")) >= 0)
		return SECTION_LOCK;
	return SECTION_COUNT;
}

/* The section that is still open; where all are closed, the last that was. */
bool skep_cause_find_lock(struct skep_search *s)
{
	enum section wanted = section_of_message(s->c->message), section = SECTION_COUNT;
	int closed[SECTION_COUNT + 1] = { 0 };
	size_t last = SKEP_NO_STEP;

	for (size_t i = s->c->refused + 1; i < s->c->path.count; i++) {
		struct skep_span callee = skep_search_callee(s, i);
		int change = callee.length ? section_change(callee, &section) : 0;

		if (!change || (wanted != SECTION_COUNT && section != wanted))
			continue;
		if (last == SKEP_NO_STEP && change < 0)
			last = i;
		if (change < 0) {
			closed[section]++;
		} else if (!closed[section]--) {
			add_leaving(s, i);
			skep_search_add(s, i, "%.*s() opens the section, and it is still open",
					(int)callee.length, callee.at);
			return true;
		}
	}
	if (s->c->entry->number == 604)
		return false;
	skep_search_add(s, last, "the last one is closed here");
	return false;
}

/* How often each instruction that is jumped back to was reached; the most frequent. */
static size_t find_loop(const struct skep_path *path, size_t *rounds)
{
	size_t best = SKEP_NO_STEP;

	*rounds = 0;
	for (size_t i = path->count - 1, seen = 0; i > 0 && seen < 256; i--) {
		int head = path->at[i - 1].insn.number;
		size_t count = 0;

		if (head > path->at[i].insn.number || path->at[i].frame != path->at[i - 1].frame ||
		    skep_insn_is_exit(&path->at[i].insn) ||
		    skep_insn_calls_function(&path->at[i].insn))
			continue;
		seen++;
		for (size_t j = 0; j + 1 < path->count; j++)
			count += path->at[j].insn.number == head &&
				 path->at[j + 1].insn.number == path->at[i].insn.number;
		if (count > *rounds) {
			*rounds = count;
			best = i;
		}
	}
	return best;
}

/* The jump back that was taken last, of those like the one at `step`. */
static size_t nearest_like(const struct skep_path *path, size_t step)
{
	for (size_t i = 1; i < path->count; i++)
		if (path->at[i].insn.number == path->at[step].insn.number &&
		    path->at[i - 1].insn.number == path->at[step - 1].insn.number)
			return i;
	return step;
}

/* `R6 is 4, then 5`: what was another in the last two rounds. */
static const char *difference(const struct skep_search *s, size_t last)
{
	const struct skep_path *path = &s->c->path;
	size_t before = last + 1;

	while (before < path->count && path->at[before].insn.number != path->at[last].insn.number)
		before++;
	for (int r = 0; before < path->count && r < 10; r++) {
		struct skep_span now = skep_search_state(s, last, r);
		struct skep_span then = skep_search_state(s, before, r);

		if (!now.length || !then.length || skep_span_is(now, then) || now.length > 48 ||
		    then.length > 48)
			continue;
		return skep_arena_printf(s->c->arena, "; R%d was %.*s, then %.*s", r,
					 (int)then.length, then.at, (int)now.length, now.at);
	}
	return "";
}

/* The loop around it, where the path shows that it went round too. */
static void add_outer(struct skep_search *s, size_t inner)
{
	const struct skep_path *path = &s->c->path;
	int head = path->at[inner - 1].insn.number, end = path->at[inner].insn.number;

	for (size_t i = 1; i < path->count; i++)
		if (path->at[i].frame == path->at[inner].frame && path->at[i].insn.number > end &&
		    path->at[i - 1].insn.number < head &&
		    path->at[i - 1].frame == path->at[i].frame &&
		    !skep_insn_is_exit(&path->at[i].insn)) {
			skep_search_add(s, i,
					"and it is inside another loop, which jumps back here");
			return;
		}
}

bool skep_cause_find_loop(struct skep_search *s)
{
	const struct skep_path *path = &s->c->path;
	size_t rounds, last, step;

	step = path->count > 1 ? find_loop(path, &rounds) : SKEP_NO_STEP;
	if (step == SKEP_NO_STEP || rounds < 1)
		return false;
	last = nearest_like(path, step);
	add_outer(s, last);
	skep_search_set(s, "rounds", skep_arena_printf(s->c->arena, "%zu", rounds));
	skep_search_add(s, last, "the loop jumps back here: %zu times as far as the log shows%s",
			rounds, difference(s, last));
	return s->c->entry->number == 702;
}
