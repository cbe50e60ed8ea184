/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What `skep load` prints: a line for each program, and what refused it. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "explain_form.h"
#include "load.h"

static void complain(const struct load *load, const char *message, const char *hint)
{
	cli_fail(load->what, hint, "%s", message ? message : "no memory");
}

static void print_accepted(const struct load_program *program)
{
	printf("ok %s (%s)", program->name, program->section);
	if (program->insns)
		printf(": %llu insns", (unsigned long long)program->insns);
	putchar('\n');
}

/* What the library knows of a hook that is not there, without what the line before has said. */
static const char *reason_of(const struct load_program *program)
{
	static const char before[] = "cannot load program '";
	const char *message = program->message, *at;

	if (!message || strncmp(message, before, sizeof(before) - 1) != 0)
		return NULL;
	at = strstr(message, "): ");
	return at ? at + 3 : NULL;
}

/* What the verifier said is in the explanation; why there is no such hook the library says better. */
static int print_explained(const struct load *load, const struct load_object *object,
			   const struct load_program *program)
{
	const char *reason = program->by_verifier ? NULL : reason_of(program);
	struct show with = load->show;
	struct skep_diagnostic d;

	with.object = object->path;
	if (!reason || skep_explanation_count(program->explanation) != 1)
		return show(load->what, &with, program->explanation);
	show_source_notes(load->what, &with, program->explanation);
	d = *skep_explanation_diagnostic(program->explanation, 0);
	d.message = reason;
	return show_diagnostic(load->what, &with, &d);
}

static int print_refused(const struct load *load, const struct load_object *object,
			 const struct load_program *program)
{
	bool explained = program->explanation && skep_explanation_count(program->explanation);

	printf("refused %s (%s)", program->name, program->section);
	if (!explained)
		printf(": %s", program->message ? program->message : "no memory");
	putchar('\n');
	if (program->hint && !program->by_verifier)
		printf("  hint: %s\n", program->hint);
	if (!explained)
		return EXIT_OK;
	putchar('\n');
	return print_explained(load, object, program);
}

static int print_program(const struct load *load, const struct load_object *object,
			 const struct load_program *program)
{
	switch (program->verdict) {
	case LOAD_ACCEPTED:
		print_accepted(program);
		return EXIT_OK;
	case LOAD_REFUSED:
		return print_refused(load, object, program);
	case LOAD_UNTRIED:
		printf("untried %s (%s)\n", program->name, program->section);
		return EXIT_OK;
	case LOAD_LEFT_OUT:
		break;
	}
	return EXIT_OK;
}

static bool has_tried(const struct load_object *object)
{
	for (size_t i = 0; i < object->count; i++)
		if (object->programs[i].verdict == LOAD_ACCEPTED ||
		    object->programs[i].verdict == LOAD_REFUSED)
			return true;
	return false;
}

static int print_object(const struct load *load, const struct load_object *object)
{
	bool blank = false;
	int code = EXIT_OK;

	/* Of what could not even be tried, the error on standard error says it all. */
	if (!object->explanation && !has_tried(object))
		return EXIT_OK;
	if (load->count > 1)
		printf("%s%s:\n", object == load->objects ? "" : "\n", object->path);
	if (object->explanation)
		code = show(load->what, &load->show, object->explanation);
	if (!has_tried(object))
		return code;
	for (size_t i = 0; !code && i < object->count; i++) {
		const struct load_program *program = &object->programs[i];

		if (blank && program->verdict != LOAD_LEFT_OUT)
			putchar('\n');
		code = print_program(load, object, program);
		blank = program->verdict == LOAD_REFUSED && program->explanation &&
			skep_explanation_count(program->explanation);
	}
	return code;
}

static void print_costs(const struct load *load)
{
	size_t room = 1, count = 0;
	struct load_cost_row *rows;

	for (size_t o = 0; o < load->count; o++)
		room += load->objects[o].count;
	rows = calloc(room, sizeof(*rows));
	for (size_t o = 0; rows && o < load->count; o++) {
		for (size_t i = 0; i < load->objects[o].count; i++) {
			const struct load_program *p = &load->objects[o].programs[i];

			if (p->explanation && skep_explanation_cost_count(p->explanation))
				rows[count++] = (struct load_cost_row){
					.cost = skep_explanation_cost(p->explanation, 0),
					.xlated_bytes = p->xlated_bytes,
					.jited_bytes = p->jited_bytes,
				};
		}
	}
	if (count)
		putchar('\n');
	load_costs_print(rows, count, stdout);
	free(rows);
}

static int show_all_text(const struct load *load)
{
	int code = EXIT_OK;

	for (size_t i = 0; !code && i < load->count; i++)
		code = print_object(load, &load->objects[i]);
	if (!code && load->stats)
		print_costs(load);
	if (!code && load->growths)
		code = load_gate_show(load, stdout);
	return code;
}

static json_t *program_json(const struct load_object *object, const struct load_program *program)
{
	static const char *const verdicts[] = { [LOAD_LEFT_OUT] = "unknown",
						[LOAD_UNTRIED] = "unknown",
						[LOAD_ACCEPTED] = "accepted",
						[LOAD_REFUSED] = "rejected" };
	json_t *json = json_object();

	json_object_set_new(json, "object", form_text(object->path));
	json_object_set_new(json, "program", form_text(program->name));
	json_object_set_new(json, "section", form_text(program->section));
	json_object_set_new(json, "verdict", form_text(verdicts[program->verdict]));
	if (program->insns)
		json_object_set_new(json, "insns", json_integer((json_int_t)program->insns));
	if (program->xlated_bytes)
		json_object_set_new(json, "bpf_bytes", json_integer(program->xlated_bytes));
	if (program->jited_bytes)
		json_object_set_new(json, "machine_code_bytes", json_integer(program->jited_bytes));
	if (program->message) {
		json_object_set_new(json, "message", form_text(program->message));
		json_object_set_new(json, "hint", form_text(program->hint));
	}
	return json;
}

static const char *verdict_of(const struct load *load)
{
	bool any = false, unknown = false;

	for (size_t o = 0; o < load->count; o++) {
		if (load->objects[o].explanation)
			return "rejected";
		unknown |= load->objects[o].failed;
		for (size_t i = 0; i < load->objects[o].count; i++) {
			if (load->objects[o].programs[i].verdict == LOAD_REFUSED)
				return "rejected";
			any |= load->objects[o].programs[i].verdict == LOAD_ACCEPTED;
		}
	}
	return any && !unknown ? "accepted" : "unknown";
}

/* What failed as a whole: no object, or one that nothing of can be loaded. */
static json_t *errors_json(const struct load *load)
{
	json_t *array = json_array();

	for (size_t o = 0; o < load->count; o++) {
		const struct load_object *object = &load->objects[o];

		if (object->failed)
			json_array_append_new(array, json_pack("{s:o,s:o,s:o}", "object",
							       form_text(object->path), "message",
							       form_text(object->message), "hint",
							       form_text(object->hint)));
	}
	return array;
}

/* Notes about a document: which object it is of, where that is one. */
static struct show show_of_one(const struct load *load)
{
	struct show with = load->show;

	if (load->count == 1)
		with.object = load->objects[0].path;
	return with;
}

static int show_all_json(const struct load *load)
{
	const struct show with = show_of_one(load);
	json_t *object = form_explanation(load->all, load->show.verbose), *array = json_array();

	for (size_t o = 0; o < load->count; o++)
		for (size_t i = 0; i < load->objects[o].count; i++)
			if (load->objects[o].programs[i].verdict != LOAD_LEFT_OUT)
				json_array_append_new(array,
						      program_json(&load->objects[o],
								   &load->objects[o].programs[i]));
	json_object_set_new(object, "verdict", form_text(verdict_of(load)));
	json_object_set_new(object, "programs", array);
	json_object_set_new(object, "errors", errors_json(load));
	if (load->growths)
		json_object_set_new(object, "gate", load_gate_json(load));
	show_source_notes(load->what, &with, load->all);
	/* That nothing could be written is told by cli_finish(). */
	if (form_dump(object, stdout) && !ferror(stdout))
		return cli_fail(load->what, NULL, "cannot write JSON");
	return cli_finish(stdout, "standard output");
}

/* What has no place in the document goes where a person may see it. */
static void complain_of_programs(const struct load *load)
{
	for (size_t o = 0; o < load->count; o++) {
		for (size_t i = 0; i < load->objects[o].count; i++) {
			const struct load_program *p = &load->objects[o].programs[i];

			if (p->verdict == LOAD_REFUSED && (!p->by_verifier || !p->explanation ||
							   !skep_explanation_count(p->explanation)))
				complain(load, p->message, p->hint);
		}
	}
}

int load_show(const struct load *load)
{
	const struct show with = show_of_one(load);
	int code;

	if (load->show.format == SHOW_TEXT)
		code = show_all_text(load);
	else if (load->show.format == SHOW_JSON)
		code = show_all_json(load);
	else if (load->show.format == SHOW_PATCH && !skep_explanation_count(load->all))
		code = EXIT_OK; /* nothing to mend */
	else
		code = show(load->what, &with, load->all);
	if (load->show.format != SHOW_TEXT)
		complain_of_programs(load);
	if (!code && load->show.format != SHOW_TEXT && load->growths)
		code = load_gate_show(load, stderr);
	if (!code)
		code = cli_finish(stdout, "standard output");
	for (size_t o = 0; o < load->count; o++)
		if (load->objects[o].failed)
			complain(load, load->objects[o].message, load->objects[o].hint);
	return code;
}
