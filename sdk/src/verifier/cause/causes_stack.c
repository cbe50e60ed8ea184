/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The stack and registers that hold nothing: what was written, and which way nothing was. */
#include "causes.h"

#define AREA_MOST 512

/* The bytes of an area of the stack: which step wrote each; SKEP_NO_STEP: none. */
struct area {
	int frame, offset, bytes;
	size_t writer[AREA_MOST];
};

/*
 * The branch of the same function by which the path went around something: the last that was taken;
 * where none was, the last of all.
 */
static size_t last_branch(const struct skep_search *s, size_t step)
{
	const struct skep_path *path = &s->c->path;
	size_t last = SKEP_NO_STEP;

	for (size_t i = step + 1; i < path->count; i++) {
		if (path->at[i].frame != path->at[step].frame ||
		    !skep_insn_is_branch(&path->at[i].insn))
			continue;
		if (skep_flow_taken(&s->flow, i) &&
		    path->at[i - 1].insn.number > path->at[i].insn.number + 1)
			return i;
		/* Assembly has one line for all: what is said of it would be seen at the wrong one. */
		if (last == SKEP_NO_STEP && !skep_words_same_line(s->c, i, step) &&
		    !skep_span_starts(skep_words_source(s->c, i), SPAN("asm")))
			last = i;
	}
	return last;
}

void skep_search_add_way(struct skep_search *s, const char *what)
{
	skep_search_add(s, last_branch(s, s->c->refused), "on the way from here %s", what);
}

static bool find_area(const struct skep_search *s, struct area *area)
{
	int64_t off, size, offset;
	int frame = s->c->path.at[s->c->refused].frame;

	if (!skep_fields_number(&s->c->fields, SPAN("off"), &off) ||
	    !skep_fields_number(&s->c->fields, SPAN("size"), &size) || size <= 0 ||
	    size > AREA_MOST || off < -4096 || off > 0)
		return false;
	skep_flow_stack_address(&s->flow, s->value, &frame, &offset);
	*area = (struct area){ .frame = frame, .offset = (int)off, .bytes = (int)size };
	for (int i = 0; i < AREA_MOST; i++)
		area->writer[i] = SKEP_NO_STEP;
	for (size_t i = 0; i < s->flow.slot_count; i++) {
		const struct skep_slot *slot = &s->flow.slots[i];

		if (slot->frame != frame)
			continue;
		for (int b = 0; b < slot->bytes; b++) {
			int at = slot->offset + b - area->offset;

			if (at >= 0 && at < area->bytes)
				area->writer[at] = slot->step;
		}
	}
	return true;
}

/* `4..7, 12`: the bytes of the area that were not written. */
static const char *missing_words(const struct area *area, struct skep_arena *arena, int *count)
{
	const char *words = "";
	int runs = 0;

	*count = 0;
	for (int i = 0; i < area->bytes; i++) {
		int first = i;

		if (area->writer[i] != SKEP_NO_STEP)
			continue;
		while (i + 1 < area->bytes && area->writer[i + 1] == SKEP_NO_STEP)
			i++;
		*count += i - first + 1;
		if (++runs > 4)
			continue;
		words = i > first ? skep_arena_printf(arena, "%s%s%d..%d", words,
						      runs > 1 ? ", " : "", first, i)
				  : skep_arena_printf(arena, "%s%s%d", words, runs > 1 ? ", " : "",
						      first);
	}
	return words;
}

static size_t last_writer(const struct area *area)
{
	size_t last = SKEP_NO_STEP;

	for (int i = 0; i < area->bytes; i++)
		last = area->writer[i] < last ? area->writer[i] : last;
	return last;
}

static bool find_unwritten(struct skep_search *s)
{
	struct area area;
	const char *words;
	size_t writer;
	int missing;

	if (s->flow.failed || !find_area(s, &area))
		return false;
	words = missing_words(&area, s->c->arena, &missing);
	writer = last_writer(&area);
	if (!missing)
		return false;
	skep_search_set(s, "missing", words);
	if (writer == SKEP_NO_STEP) {
		skep_search_add_way(s, "nothing is written there");
		return true;
	}
	skep_search_add(
		s, writer, "this is the last write there; of the %d bytes %s are not written%s",
		area.bytes, words, missing < 8 ? " (padding, or a member that is left out)" : "");
	return true;
}

/* Outside the frame: the size or the offset that leads there. */
static bool find_outside(struct skep_search *s)
{
	struct skep_case *c = s->c;
	struct skep_span size = skep_search_state(s, c->refused, c->reg + 1);
	struct skep_range range = skep_range_of(size);
	bool call = skep_search_callee(s, c->refused).length > 0;
	int64_t off;

	if (call && c->reg < 5 && range.known && !range.constant &&
	    skep_span_is(skep_value_type(size), SPAN("scalar")))
		return skep_search_add_number(s, c->refused, c->reg + 1);
	if (skep_cause_find_bound(s) && c->cause_count)
		return true;
	return skep_fields_number(&c->fields, SPAN("off"), &off);
}

bool skep_cause_find_stack(struct skep_search *s)
{
	return s->c->entry->number == 202 ? find_unwritten(s) : find_outside(s);
}

/*
 * LD_ABS and LD_IND leave the function that they are in where the packet has no such bytes: to the
 * caller it has returned 0.
 */
static bool add_hidden_exit(struct skep_search *s)
{
	const struct skep_path *path = &s->c->path;
	bool decided = false; /* by what the function returned */

	for (size_t i = s->c->refused + 1; i < path->count; i++) {
		int opcode = path->at[i].insn.opcode;

		if (((opcode & 0xe7) != 0x20 && (opcode & 0xe7) != 0x40) || (opcode & 7) ||
		    !decided || path->at[i - 1].frame >= path->at[i].frame) {
			decided = decided || skep_insn_is_branch(&path->at[i].insn);
			continue;
		}
		skep_search_set(s, "hidden", "yes");
		skep_search_add(s, i,
				"where the packet ends before this, the function is left here and "
				"returns 0");
		return true;
	}
	return false;
}

static bool has_branch(const struct skep_search *s)
{
	const struct skep_path *path = &s->c->path;

	for (size_t i = s->c->refused + 1; i < path->count; i++)
		if (skep_insn_is_branch(&path->at[i].insn))
			return true;
	return false;
}

bool skep_cause_find_uninitialised(struct skep_search *s)
{
	const struct skep_value *v = skep_flow_value(&s->flow, s->value);
	bool outer = s->c->path.at[s->c->path.count - 1].insn.number == 0;

	if (v->kind == SKEP_VALUE_LOST) {
		struct skep_span callee = skep_search_callee(s, v->step);

		skep_fields_set(&s->c->fields, SPAN("taken"),
				skep_value_type(skep_search_state(s, v->step, s->c->reg)));
		skep_search_set(s, "taker",
				callee.length ? skep_arena_printf(s->c->arena, "%.*s()",
								  (int)callee.length, callee.at)
					      : "the call");
		skep_search_add(s, v->step, "this call clobbers R1 to R5");
		return true;
	}
	if (s->c->reg > 5 && v->kind == SKEP_VALUE_UNSET && add_hidden_exit(s))
		return true;
	if (v->kind != SKEP_VALUE_UNSET && !(v->kind == SKEP_VALUE_ENTRY && outer && v->reg > 1))
		return false;
	skep_search_set(s, "paths", has_branch(s) ? "several" : "one");
	skep_search_add_way(s, "nothing gives it a value");
	return true;
}
