/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "explain_show.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A log may hold anything; JSON is UTF-8: bytes that are not become question marks. */
static json_t *text(const char *from)
{
	json_t *string;
	char *copy;

	if (!from)
		return json_null();
	string = json_string(from);
	if (string)
		return string;
	copy = strdup(from);
	for (char *c = copy; c && *c; c++)
		if ((unsigned char)*c >= 128)
			*c = '?';
	string = copy ? json_string(copy) : NULL;
	free(copy);
	return string;
}

static json_t *number_or_null(long long number, bool known)
{
	return known ? json_integer(number) : json_null();
}

static json_t *place_json(const struct skep_place *place)
{
	json_t *object = json_object();

	json_object_set_new(object, "insn", number_or_null(place->insn, place->insn >= 0));
	json_object_set_new(object, "file", text(place->file));
	json_object_set_new(object, "line", number_or_null(place->line, place->line));
	if (place->column)
		json_object_set_new(object, "column", json_integer(place->column));
	json_object_set_new(object, "text", text(place->text));
	if (place->asm_text)
		json_object_set_new(object, "asm", text(place->asm_text));
	return object;
}

static json_t *causes_json(const struct skep_diagnostic *d)
{
	json_t *array = json_array();

	for (size_t i = 0; i < d->cause_count; i++) {
		json_t *cause = place_json(&d->causes[i].place);

		json_object_set_new(cause, "label", text(d->causes[i].label));
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

		json_object_set_new(object, "file", text(edit->file));
		json_object_set_new(object, "line", json_integer(edit->line));
		json_object_set_new(object, "removed", json_integer(edit->removed));
		json_object_set_new(object, "text", text(edit->text));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *fix_json(const struct skep_fix *fix)
{
	json_t *object = json_object();

	json_object_set_new(object, "text", text(fix->text));
	json_object_set_new(object, "code", text(fix->code));
	if (!fix->edit_count)
		return object;
	json_object_set_new(object, "edits", edits_json(fix));
	json_object_set_new(
		object, "applicability",
		text(fix->applicability == SKEP_FIX_MACHINE ? "machine" : "suggestion"));
	if (fix->patch)
		json_object_set_new(object, "patch", text(fix->patch));
	return object;
}

static json_t *fixes_json(const struct skep_diagnostic *d)
{
	json_t *array = json_array();

	for (size_t i = 0; i < d->fix_count; i++)
		json_array_append_new(array, fix_json(&d->fixes[i]));
	return array;
}

static json_t *diagnostic_json(const struct skep_diagnostic *d)
{
	static const char *const confidences[] = { "fallback", "pattern", "exact" };
	json_t *object = json_object();

	json_object_set_new(object, "code", text(d->code));
	json_object_set_new(object, "name", text(d->name));
	json_object_set_new(object, "program", text(d->program));
	json_object_set_new(object, "kernel_message", text(d->kernel_message));
	json_object_set_new(object, "message", text(d->message));
	json_object_set_new(object, "primary", place_json(&d->primary));
	json_object_set_new(object, "causes", causes_json(d));
	json_object_set_new(object, "explanation", text(d->explanation));
	json_object_set_new(object, "fixes", fixes_json(d));
	json_object_set_new(object, "confidence", text(confidences[d->confidence]));
	return object;
}

static int dump(json_t *object, FILE *out)
{
	int err = object ? json_dumpf(object, out, JSON_INDENT(2)) : -1;

	json_decref(object);
	if (!err)
		fputc('\n', out);
	return err;
}

int show_json(const struct show *show, const struct skep_explanation *explanation, FILE *out)
{
	static const char *const verdicts[] = { "unknown", "accepted", "rejected" };
	json_t *object = json_object(), *array = json_array();

	(void)show;
	json_object_set_new(object, "verdict",
			    text(verdicts[skep_explanation_verdict(explanation)]));
	for (size_t i = 0; i < skep_explanation_count(explanation); i++)
		json_array_append_new(array,
				      diagnostic_json(skep_explanation_diagnostic(explanation, i)));
	json_object_set_new(object, "diagnostics", array);
	return dump(object, out);
}

int show_page_json(const struct skep_catalogue_page *page, FILE *out)
{
	json_t *object = json_object(), *fixes = json_array(), *wordings = json_array();
	const char *wording;
	struct skep_fix fix;

	json_object_set_new(object, "code", text(page->code));
	json_object_set_new(object, "name", text(page->name));
	json_object_set_new(object, "title", text(page->title));
	json_object_set_new(object, "explanation", text(page->explanation));
	for (size_t i = 0; skep_catalogue_fix(&fix, page->code, i); i++)
		json_array_append_new(fixes, fix_json(&fix));
	for (size_t i = 0; (wording = skep_catalogue_wording(page->code, i)); i++)
		json_array_append_new(wordings, text(wording));
	json_object_set_new(object, "fixes", fixes);
	json_object_set_new(object, "kernel_messages", wordings);
	return dump(object, out);
}
