/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "path.h"

#include <errno.h>
#include <stdlib.h>

/* Causes lie near; a loop verified a million times is not walked to its beginning. */
#define STEPS_MOST 20000

/* A register that so many steps do not show is taken for not told: logs are not trusted to be kind. */
#define STATES_MOST 4096

static bool from_line(struct skep_span text, int64_t *from, struct skep_span *state)
{
	int64_t to;

	if (!skep_take(&text, SPAN("from ")) || !skep_take_number(&text, from) ||
	    !skep_take(&text, SPAN(" to ")) || !skep_take_number(&text, &to))
		return false;
	skep_take(&text, SPAN(" (speculative execution)"));
	skep_take(&text, SPAN(":"));
	*state = skep_span_trim(text);
	return true;
}

/* `9: R0=...` and `9: frame1: R0=...`, without the number. */
static struct skep_span numbered_state(struct skep_span text)
{
	int64_t number;

	if (!skep_take_number(&text, &number) || !skep_take(&text, SPAN(":")))
		return SPAN("");
	return skep_span_trim(text);
}

/*
 * The branch at instruction `number` that a path from before line `end` started at. Paths are
 * explored depth first, so later starts at the same branch belong to later executions of it.
 */
static size_t find_branch(const struct skep_lines *lines, size_t end, int64_t number)
{
	int64_t other;
	int depth = 1;
	struct skep_insn insn;
	struct skep_span state;

	while (end-- > 0) {
		const struct skep_line *line = &lines->at[end];

		if (line->kind == SKEP_LINE_FROM && from_line(line->text, &other, &state) &&
		    other == number)
			depth++;
		else if (line->kind == SKEP_LINE_INSN && skep_insn_parse(line->text, &insn) &&
			 insn.number == number && !--depth)
			return end;
	}
	return SIZE_MAX;
}

static int add_step(struct skep_path *path, size_t *room, const struct skep_step *step)
{
	if (path->count == *room) {
		size_t more = *room ? 2 * *room : 128;
		struct skep_step *grown = realloc(path->at, more * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		path->at = grown;
		*room = more;
	}
	path->at[path->count++] = *step;
	return 0;
}

/* A state says which frame it belongs to; in between it follows from calls and exits. */
static void find_frames(struct skep_path *path)
{
	int frame = 0;

	for (size_t i = path->count; i-- > 0;) {
		struct skep_step *step = &path->at[i];
		bool last = !i;

		if (step->before.length)
			frame = skep_state_frame(step->before);
		step->frame = frame;
		if (step->insn.state.length && !skep_insn_is_exit(&step->insn) &&
		    !skep_insn_calls_function(&step->insn))
			step->frame = frame = skep_state_frame(step->insn.state);
		if (last)
			break;
		if (skep_insn_is_exit(&step->insn) && frame > 0)
			frame--;
		else if (skep_insn_calls_function(&step->insn) &&
			 path->at[i - 1].insn.number != step->insn.number + 1)
			frame++;
	}
}

int skep_path_trace(struct skep_path *path, const struct skep_lines *lines, size_t end)
{
	struct skep_step step;
	size_t room = 0;
	int64_t branch;
	int err = 0;

	while (!err && end-- > 0 && path->count < STEPS_MOST) {
		const struct skep_line *line = &lines->at[end];
		struct skep_span state;

		if (line->kind == SKEP_LINE_INSN) {
			step = (struct skep_step){ .line = end };
			if (!skep_insn_parse(line->text, &step.insn))
				continue;
			if (step.insn.next.length && path->count &&
			    !path->at[path->count - 1].before.length)
				path->at[path->count - 1].before = step.insn.next;
			err = add_step(path, &room, &step);
		} else if (!path->count) {
			continue;
		} else if (line->kind == SKEP_LINE_STATE) {
			state = numbered_state(line->text);
			if (state.length)
				path->at[path->count - 1].before = state;
		} else if (line->kind == SKEP_LINE_FROM && from_line(line->text, &branch, &state)) {
			size_t at = find_branch(lines, end, branch);

			path->at[path->count - 1].before = state;
			if (at == SIZE_MAX)
				break;
			end = at + 1;
		} else if (line->kind == SKEP_LINE_PROCESSED) {
			break;
		}
	}
	if (!err)
		find_frames(path);
	return err;
}

void skep_path_free(struct skep_path *path)
{
	free(path->at);
	*path = (struct skep_path){ 0 };
}

/*
 * What an instruction only reads stands behind it as it was before: with what a comparison has shown
 * of it by way of another register, which is not printed at the comparison.
 */
static struct skep_span unchanged(const struct skep_step *s, int number)
{
	int target = skep_insn_target(&s->insn);

	if (!s->insn.state.length || target < 0 || target == number ||
	    skep_insn_is_branch(&s->insn) || skep_insn_callee(&s->insn).length ||
	    skep_insn_calls_function(&s->insn) || skep_state_frame(s->insn.state) != s->frame)
		return SPAN("");
	return skep_state_register(s->insn.state, number);
}

struct skep_span skep_path_register(const struct skep_path *path, size_t step, int number)
{
	int frame;

	if (step >= path->count || number < 0)
		return SPAN("");
	if (unchanged(&path->at[step], number).length)
		return unchanged(&path->at[step], number);
	frame = path->at[step].frame;
	for (size_t i = step; i < path->count && i - step < STATES_MOST; i++) {
		const struct skep_step *s = &path->at[i];
		struct skep_span value = SPAN("");

		if (i > step && s->frame == frame && s->insn.state.length &&
		    skep_state_frame(s->insn.state) == frame)
			value = skep_state_register(s->insn.state, number);
		if (!value.length && s->before.length && skep_state_frame(s->before) == frame)
			value = skep_state_register(s->before, number);
		if (value.length)
			return value;
		if (i > step && s->frame == frame && skep_insn_target(&s->insn) == number)
			break;
	}
	return SPAN("");
}

struct skep_span skep_path_result(const struct skep_path *path, size_t step)
{
	return step ? skep_path_register(path, step - 1, 0) : SPAN("");
}
