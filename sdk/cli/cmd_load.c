/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#include <skep/error.h>

#include "load.h"

/*
 * Of a level 1 log this is far more than causes need; of level 2 it is some 500,000 instructions,
 * and more would only say the same. The kernel takes no more than 16 MB before Linux 5.2.
 */
#define FIRST_BYTES  (((size_t)16 << 20) - 1)
#define SECOND_BYTES (((size_t)32 << 20) - 1)

enum {
	KEY_RECORD = 0x300,
	KEY_GATE,
	KEY_GROWTH
};

static const struct argp_option options[] = {
	{ "stats", 's', NULL, 0, "What verification cost: instructions, states, stack, time, lines",
	  0 },
	{ "record", KEY_RECORD, "FILE", 0,
	  "Write what verification cost into FILE, beside what other kernels had; - prints it", 0 },
	{ "gate", KEY_GATE, "FILE", 0, "Fail when a cost has grown since it was recorded in FILE",
	  0 },
	{ "growth", KEY_GROWTH, "PERCENT", 0, "What --gate lets through; default 10", 0 },
	{ 0 },
};

/* "10", "10%" or "2.5". */
static double percent_of(const char *text, struct argp_state *state)
{
	char *end;
	double percent = strtod(text, &end);

	if (end == text || (*end && strcmp(end, "%") != 0) || !(percent >= 0 && percent <= 10000))
		argp_error(state, "--growth is a number of percent from 0 to 10000, not '%s'",
			   text);
	return percent;
}

static void check_gate(struct load *load, struct argp_state *state)
{
	if (load->record && load->gate)
		argp_error(state, "--record writes what --gate compares with: give one of them");
	if (load->growth >= 0 && !load->gate)
		argp_error(state, "--growth belongs to --gate");
	if ((load->record && !*load->record) || (load->gate && !*load->gate))
		argp_error(state, "the name of the file of costs is empty");
	if (load->growth < 0)
		load->growth = 10;
	load->measured = load->stats || load->record || load->gate;
}

static void add(struct load *load, const char *path, struct argp_state *state)
{
	struct load_object *grown =
		realloc(load->objects, (load->count + 1) * sizeof(*load->objects));

	if (!grown)
		argp_failure(state, EXIT_FAILED, 0, "no memory");
	load->objects = grown;
	load->objects[load->count++] = (struct load_object){ .path = path };
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct load *load = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &load->show;
		return 0;
	case 's':
		load->stats = true;
		return 0;
	case KEY_RECORD:
		load->record = arg;
		return 0;
	case KEY_GATE:
		load->gate = arg;
		return 0;
	case KEY_GROWTH:
		load->growth = percent_of(arg, state);
		return 0;
	case ARGP_KEY_ARG:
		if (!*arg)
			argp_error(state, "the name of the object is empty");
		add(load, arg, state);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which object?");
		return 0;
	case ARGP_KEY_END:
		if (load->show.object)
			argp_error(state, "--object is for logs; here objects are arguments");
		check_gate(load, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { { &show_argp, 0, NULL, 0 }, { 0 } };

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.children = children,
	.args_doc = "OBJECT...",
	.doc = "Load each program of a BPF object, and explain what the kernel refuses.\v"
	       "Nothing is attached, and nothing stays in the kernel. Any .bpf.o will do. Exit "
	       "codes: 0 when all was loaded, 1 when something was refused, or has grown.",
};

/* A misspelt name would otherwise load nothing, and all of it with success. */
static void check_program(const struct load *load, struct load_object *object)
{
	const char *only = load->show.program;

	if (!only || object->failed)
		return;
	for (size_t i = 0; i < object->count; i++)
		if (!strcmp(object->programs[i].name, only))
			return;
	object->failed = true;
	if (asprintf(&object->message, "%s has no program '%s'", object->path, only) < 0)
		object->message = NULL;
}

static void check_any(const struct load *load, struct load_object *object)
{
	if (object->failed || object->count || load->show.program)
		return;
	object->failed = true;
	if (asprintf(&object->message, "%s has no program", object->path) < 0)
		object->message = NULL;
}

static bool has_refusal(const struct load *load)
{
	for (size_t o = 0; o < load->count; o++) {
		if (load->objects[o].failed)
			return true;
		for (size_t i = 0; i < load->objects[o].count; i++)
			if (load->objects[o].programs[i].verdict == LOAD_REFUSED)
				return true;
	}
	return false;
}

/* Costs alone go to standard output. */
static bool prints_costs(const struct load *load)
{
	return load->record && !strcmp(load->record, "-");
}

/* Told before the long work, not after it. */
static bool cannot_record(const struct load *load)
{
	struct load_records there = { 0 };
	bool found;

	if (!load->record || prints_costs(load))
		return false;
	if (cli_can_write(load->what, load->record) ||
	    load_records_read(&there, load->what, load->record, &found))
		return true;
	load_records_free(&there);
	return false;
}

static int run(struct load *load)
{
	int code = EXIT_OK;

	if (cli_can_write(load->what, load->show.output))
		return EXIT_FAILED;
	if (cannot_record(load) || (load->gate && load_gate_read(load)))
		return EXIT_FAILED;
	if (skep_explain(&load->all, "", 0, NULL))
		return skep_perror(load->what);
	if (load_log_make(&load->first, FIRST_BYTES) || load_log_make(&load->second, SECOND_BYTES))
		return cli_fail(load->what, NULL, "no memory for logs");
	for (size_t i = 0; !code && i < load->count; i++) {
		code = load_try(load, &load->objects[i]);
		check_program(load, &load->objects[i]);
		check_any(load, &load->objects[i]);
	}
	if (!code && load->gate)
		code = load_gate(load);
	if (!code)
		code = cli_output_to(load->what, load->show.output);
	if (!code && (!prints_costs(load) || has_refusal(load)))
		code = load_show(load);
	if (!code && has_refusal(load) && load->record)
		return cli_fail(load->what, "--program records one that is loaded",
				"%s is left as it was: not all was loaded", load->record);
	if (!code && has_refusal(load))
		return EXIT_FAILED;
	if (!code && load->record)
		code = load_record(load);
	return code;
}

static void release(struct load *load)
{
	for (size_t o = 0; o < load->count; o++) {
		struct load_object *object = &load->objects[o];

		for (size_t i = 0; i < object->count; i++) {
			struct load_program *program = &object->programs[i];

			skep_explanation_free(program->explanation);
			free(program->name);
			free(program->section);
			free(program->message);
			free(program->hint);
		}
		skep_explanation_free(object->explanation);
		load_image_free(&object->image);
		free(object->programs);
		free(object->message);
		free(object->hint);
	}
	free(load->objects);
	load_gate_free(load);
	load_log_free(&load->first);
	load_log_free(&load->second);
	skep_explanation_free(load->all);
}

int cmd_load(int argc, char **argv)
{
	struct load load = { .what = argv[0], .show.no_costs = true, .growth = -1 };
	int code;

	cli_parse(&argp, argc, argv, &load);
	code = run(&load);
	release(&load);
	return code;
}
