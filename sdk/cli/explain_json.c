/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The contract for programs; docs/guides/explain.md tells its members. */
#include "explain_form.h"

static json_t *number_or_null(long long number, bool known)
{
	return known ? json_integer(number) : json_null();
}

static json_t *place_json(const struct skep_place *place)
{
	json_t *object = json_object();

	json_object_set_new(object, "insn", number_or_null(place->insn, place->insn >= 0));
	json_object_set_new(object, "file", form_text(place->file));
	json_object_set_new(object, "line", number_or_null(place->line, place->line));
	if (place->column)
		json_object_set_new(object, "column", json_integer(place->column));
	json_object_set_new(object, "text", form_text(place->text));
	if (place->asm_text)
		json_object_set_new(object, "asm", form_text(place->asm_text));
	if (place->function)
		json_object_set_new(object, "function", form_text(place->function));
	return object;
}

static json_t *causes_json(const struct skep_diagnostic *d)
{
	json_t *array = json_array();

	for (size_t i = 0; i < d->cause_count; i++) {
		json_t *cause = place_json(&d->causes[i].place);

		json_object_set_new(cause, "label", form_text(d->causes[i].label));
		json_array_append_new(array, cause);
	}
	return array;
}

static json_t *edits_json(const struct skep_fix *fix)
{
	json_t *array = json_array();

	for (size_t i = 0; i < fix->edit_count; i++) {
		const struct skep_edit *edit = &fix->edits[i];
		json_t *object = json_object();

		json_object_set_new(object, "file", form_text(edit->file));
		json_object_set_new(object, "line", json_integer(edit->line));
		json_object_set_new(object, "removed", json_integer(edit->removed));
		json_object_set_new(object, "text", form_text(edit->text));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *fix_json(const struct skep_fix *fix)
{
	json_t *object = json_object();

	json_object_set_new(object, "text", form_text(fix->text));
	json_object_set_new(object, "code", form_text(fix->code));
	if (!fix->edit_count)
		return object;
	json_object_set_new(object, "edits", edits_json(fix));
	json_object_set_new(
		object, "applicability",
		form_text(fix->applicability == SKEP_FIX_MACHINE ? "machine" : "suggestion"));
	if (fix->patch)
		json_object_set_new(object, "patch", form_text(fix->patch));
	return object;
}

static json_t *fixes_json(const struct skep_diagnostic *d)
{
	json_t *array = json_array();

	for (size_t i = 0; i < d->fix_count; i++)
		json_array_append_new(array, fix_json(&d->fixes[i]));
	return array;
}

static json_t *story_json(const struct skep_diagnostic *d)
{
	json_t *array = json_array();

	for (size_t i = 0; i < d->step_count; i++) {
		const struct skep_step_taken *step = &d->steps[i];
		json_t *object = place_json(&step->place);

		json_object_set_new(object, "frame", json_integer(step->frame));
		if (step->before)
			json_object_set_new(object, "before", form_text(step->before));
		if (step->after)
			json_object_set_new(object, "after", form_text(step->after));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *diagnostic_json(const struct skep_diagnostic *d, bool story)
{
	static const char *const confidences[] = { "fallback", "pattern", "exact" };
	json_t *object = json_object();

	json_object_set_new(object, "code", form_text(d->code));
	json_object_set_new(object, "name", form_text(d->name));
	json_object_set_new(object, "program", form_text(d->program));
	json_object_set_new(object, "kernel_message", form_text(d->kernel_message));
	json_object_set_new(object, "message", form_text(d->message));
	json_object_set_new(object, "primary", place_json(&d->primary));
	json_object_set_new(object, "causes", causes_json(d));
	json_object_set_new(object, "explanation", form_text(d->explanation));
	json_object_set_new(object, "fixes", fixes_json(d));
	json_object_set_new(object, "confidence", form_text(confidences[d->confidence]));
	if (story)
		json_object_set_new(object, "story", story_json(d));
	return object;
}

json_t *form_explanation(const struct skep_explanation *explanation, bool story)
{
	static const char *const verdicts[] = { "unknown", "accepted", "rejected" };
	json_t *object = json_object(), *array = json_array();

	json_object_set_new(object, "verdict",
			    form_text(verdicts[skep_explanation_verdict(explanation)]));
	for (size_t i = 0; i < skep_explanation_count(explanation); i++)
		json_array_append_new(
			array, diagnostic_json(skep_explanation_diagnostic(explanation, i), story));
	json_object_set_new(object, "diagnostics", array);
	form_costs(object, explanation);
	return object;
}

int show_json(const struct show *show, const struct skep_explanation *explanation, FILE *out)
{
	return form_dump(form_explanation(explanation, show->verbose), out);
}

int show_page_json(const struct skep_catalogue_page *page, FILE *out)
{
	json_t *object = json_object(), *fixes = json_array(), *wordings = json_array();
	const char *wording;
	struct skep_fix fix;

	json_object_set_new(object, "code", form_text(page->code));
	json_object_set_new(object, "name", form_text(page->name));
	json_object_set_new(object, "title", form_text(page->title));
	json_object_set_new(object, "explanation", form_text(page->explanation));
	for (size_t i = 0; skep_catalogue_fix(&fix, page->code, i); i++)
		json_array_append_new(fixes, fix_json(&fix));
	for (size_t i = 0; (wording = skep_catalogue_wording(page->code, i)); i++)
		json_array_append_new(wordings, form_text(wording));
	json_object_set_new(object, "fixes", fixes);
	json_object_set_new(object, "kernel_messages", wordings);
	return form_dump(object, out);
}
