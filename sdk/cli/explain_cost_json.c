/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `costs` of the contract: what the verification of programs cost. */
#include "explain_form.h"

static json_t *known(uint64_t number)
{
	return number ? json_integer((json_int_t)number) : json_null();
}

static json_t *lines_json(const struct skep_cost *cost)
{
	json_t *array = json_array();

	for (size_t i = 0; i < cost->line_count; i++) {
		const struct skep_place *place = &cost->lines[i].place;
		json_t *line = json_object();

		json_object_set_new(line, "insn", json_integer(place->insn));
		json_object_set_new(line, "file", form_text(place->file));
		json_object_set_new(line, "line", known(place->line));
		json_object_set_new(line, "text", form_text(place->text));
		if (place->asm_text)
			json_object_set_new(line, "asm", form_text(place->asm_text));
		json_object_set_new(line, "insns", json_integer((json_int_t)cost->lines[i].insns));
		json_array_append_new(array, line);
	}
	return array;
}

static json_t *cost_json(const struct skep_cost *cost)
{
	json_t *object = json_object(), *stacks = json_array();

	json_object_set_new(object, "program", form_text(cost->program));
	json_object_set_new(object, "verdict", form_text(cost->refused ? "rejected" : "accepted"));
	json_object_set_new(object, "insns", json_integer((json_int_t)cost->insns));
	json_object_set_new(object, "insn_limit", known(cost->insn_limit));
	json_object_set_new(object, "states", known(cost->states));
	json_object_set_new(object, "states_peak", known(cost->states_peak));
	json_object_set_new(object, "states_most", known(cost->states_most));
	json_object_set_new(object, "time_us", known(cost->time_us));
	json_object_set_new(object, "stack",
			    cost->stack || cost->stack_count == 1 ? json_integer(cost->stack)
								  : json_null());
	for (size_t i = 0; i < cost->stack_count; i++)
		json_array_append_new(stacks, json_integer(cost->stacks[i]));
	json_object_set_new(object, "stacks", stacks);
	json_object_set_new(object, "insns_shown", json_integer((json_int_t)cost->insns_shown));
	json_object_set_new(object, "lines", lines_json(cost));
	return object;
}

void form_costs(json_t *object, const struct skep_explanation *explanation)
{
	json_t *array;

	if (!skep_explanation_cost_count(explanation))
		return;
	array = json_array();
	for (size_t i = 0; i < skep_explanation_cost_count(explanation); i++)
		json_array_append_new(array, cost_json(skep_explanation_cost(explanation, i)));
	json_object_set_new(object, "costs", array);
}
