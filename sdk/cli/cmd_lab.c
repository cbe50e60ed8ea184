/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#include "lab.h"
#include "nearest.h"

enum verb {
	LIST,
	START,
	CHECK,
	HINT,
	NEXT,
	RESET,
	SOLUTION,
	VERBS,
};

static const char *const verbs[VERBS] = {
	[LIST] = "list", [START] = "start", [CHECK] = "check",       [HINT] = "hint",
	[NEXT] = "next", [RESET] = "reset", [SOLUTION] = "solution",
};

struct args {
	enum verb verb;
	bool has_verb, skip, watch, has_format;
	enum cli_format format;
	const char *directory;
	const char *name;
};

static const struct argp_option options[] = {
	{ "directory", 'C', "DIR", 0,
	  "The folder of exercises (default: this one, one above it, or ./skep-lab)", 0 },
	{ "format", 'f', "FORMAT", 0, "list: text (default) or json", 0 },
	{ "skip", 's', NULL, 0, "next: leave this one for later", 0 },
	{ "watch", 'w', NULL, 0, "check: again at each save, and on with the next when it is done",
	  0 },
	{ 0 },
};

static enum verb verb_of(const char *arg, struct argp_state *state)
{
	for (int i = 0; i < VERBS; i++)
		if (!strcmp(arg, verbs[i]))
			return (enum verb)i;
	argp_error(state, "what is '%s'? list, start, check, hint, next, reset or solution", arg);
	return LIST;
}

/* An option of another verb does nothing: that is said. */
static void check_args(const struct args *args, struct argp_state *state)
{
	if (args->skip && args->verb != NEXT)
		argp_error(state, "--skip is for `skep lab next`");
	if (args->watch && args->verb != CHECK)
		argp_error(state, "--watch is for `skep lab check`");
	if (args->has_format && args->verb != LIST)
		argp_error(state, "--format is for `skep lab list`");
	if (args->verb == LIST && args->name)
		argp_error(state, "'%s': `skep lab list` lists all", args->name);
	if (args->verb == START && args->directory)
		argp_error(state, "`skep lab start DIR` takes the folder without --directory");
	if (args->verb == RESET && !args->name)
		argp_error(state, "which exercise? `skep lab reset NAME`");
	if (args->skip && args->name)
		argp_error(state, "--skip or a name");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case 'C':
		args->directory = arg;
		return 0;
	case 'f':
		args->format = cli_format(arg, state);
		args->has_format = true;
		return 0;
	case 's':
		args->skip = true;
		return 0;
	case 'w':
		args->watch = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!args->has_verb)
			args->verb = verb_of(arg, state);
		else if (!args->name)
			args->name = arg;
		else
			argp_error(state, "one exercise at a time");
		args->has_verb = true;
		return 0;
	case ARGP_KEY_END:
		check_args(args, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[list]\nstart [DIR]\ncheck [NAME]\nhint [NAME]\nnext [NAME]\nreset "
		    "NAME\nsolution [NAME]",
	.doc = "Learn eBPF by short exercises, which are tried on this kernel. `start` copies them into "
	       "./skep-lab. Edit the file that is named, `check` it, ask for a `hint`, go on with "
	       "`next`.\vNAME is an exercise's name, its number or its file. Nothing is needed from "
	       "the network; checking loads programs, which needs root.",
};

static int start(struct lab *lab, const char *directory)
{
	int err = lab_begin(lab, directory ? directory : "skep-lab");

	if (err)
		return err;
	printf("%zu exercises are in %s.\n\n", lab_count, lab_typed(lab->folder));
	return lab_show_task(lab, 0);
}

static int unknown(const struct lab *lab, const char *name)
{
	struct nearest nearest = { .typed = name };
	char hint[512];

	for (size_t i = 0; i < lab_count; i++)
		nearest_offer(&nearest, lab_exercises[i].name);
	nearest_hint(&nearest, "`skep lab` lists them", hint, sizeof(hint));
	cli_fail(lab->what, hint, "there is no exercise '%s'", name);
	return EXIT_USAGE;
}

static int run(struct lab *lab, const struct args *args)
{
	size_t i = args->name ? lab_exercise_of(args->name) : lab->current;

	if (i == lab_count)
		return unknown(lab, args->name);
	switch (args->verb) {
	case CHECK:
		return args->watch ? lab_watch(lab, i) : lab_verify(lab, i);
	case HINT:
		return lab_show_hint(lab, i);
	case NEXT:
		return lab_next(lab, args->name ? i : lab_count, args->skip);
	case RESET:
		return lab_reset(lab, i);
	case SOLUTION:
		return lab_show_solution(lab, i);
	default:
		return lab_show_list(lab, args->format);
	}
}

/* Without a folder: what there is to learn. */
static bool is_elsewhere(struct lab *lab, const struct args *args)
{
	return args->verb == LIST && !args->directory && !lab_is_near(lab);
}

int cmd_lab(int argc, char **argv)
{
	static struct lab lab;
	struct args args = { 0 };
	int err;

	cli_parse(&argp, argc, argv, &args);
	lab.what = argv[0];
	err = lab_find_own(&lab);
	if (err)
		return err;
	if (args.verb == START)
		return start(&lab, args.name);
	if (is_elsewhere(&lab, &args))
		return lab_show_list(&lab, args.format);
	err = lab_find(&lab, args.directory);
	return err ? err : run(&lab, &args);
}
