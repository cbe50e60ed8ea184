/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The tools that came with skep: listed, and run. */
#include "cli.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nearest.h"
#include "templates.h"

struct args {
	enum cli_format format;
	const char *name;
	int rest; /* of argv, from the name on: the tool's */
};

static const struct argp_option options[] = {
	{ "format", 'f', "text|json", 0, "How the list is printed (default: text)", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case 'f':
		args->format = cli_format(arg, state);
		return 0;
	case ARGP_KEY_ARG:
		args->name = arg;
		args->rest = state->next - 1;
		state->next = state->argc; /* what follows is not ours */
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[NAME [ARGUMENT...]]",
	.doc = "List the tools that came with skep, and whether they can run here; or run one, as "
	       "skep-NAME does.\v`skep tools NAME --help` says what it takes.",
};

static json_t *describe(const struct template_entry *entry)
{
	struct template_answer answer;
	char since[16] = "";

	templates_ask(entry, &answer);
	if (answer.since)
		snprintf(since, sizeof(since), "%u.%u", answer.since >> 16,
			 answer.since >> 8 & 0xff);
	return json_pack("{s:s,s:s,s:s,s:s?,s:o,s:s?}", "name", entry->name, "topic", entry->topic,
			 "about", entry->about, "kernel", *since ? since : NULL, "runs_here",
			 answer.why       ? json_false()
			 : answer.unknown ? json_null()
					  : json_true(),
			 "why_not", answer.why);
}

static int print_json(struct template_entry *list, size_t count)
{
	json_t *tools = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(tools, describe(&list[i]));
	json_dumpf(tools, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(tools);
	return cli_finish(stdout, "standard output");
}

static int print_text(const struct template_entry *list, size_t count)
{
	int err = templates_print(list, count);

	if (!err)
		printf("\nskep-NAME runs one, and skep-NAME --help says what it takes.\n");
	return err ? err : cli_finish(stdout, "standard output");
}

/* Where a tool's program is: installed beside this one, or in a build tree. */
static bool find_program(const struct template_entry *entry, char path[TEMPLATE_PATH])
{
	char own[OWN_PATH];
	const int most = TEMPLATE_PATH;

	if (!own_folder(own))
		return false;
	if (snprintf(path, TEMPLATE_PATH, "%s/skep-%s", own, entry->name) < most &&
	    !access(path, X_OK))
		return true;
	return snprintf(path, TEMPLATE_PATH, "%s/../../examples/%s/%s/%s", own, entry->topic,
			entry->name, entry->name) < most &&
	       !access(path, X_OK);
}

static int run(const char *what, const struct template_entry *entry, char **argv)
{
	char path[TEMPLATE_PATH];

	if (!find_program(entry, path))
		return cli_fail(what, "install skep with its examples",
				"there is no program skep-%s beside this one", entry->name);
	argv[0] = path;
	execv(path, argv);
	return cli_fail(what, NULL, "%s: %s", path, strerror(errno));
}

/* "skep-execsnoop" is execsnoop. */
static const char *without_prefix(const char *name)
{
	return strncmp(name, "skep-", 5) ? name : name + 5;
}

static int unknown(const char *what, const struct template_entry *list, size_t count,
		   const char *name)
{
	struct nearest nearest = { .typed = without_prefix(name) };
	char hint[512];

	for (size_t i = 0; i < count; i++)
		nearest_offer(&nearest, list[i].name);
	nearest_hint(&nearest, "`skep tools` lists them", hint, sizeof(hint));
	cli_fail(what, hint, "there is no tool '%s'", name);
	return EXIT_USAGE;
}

static const struct template_entry *find(const struct template_entry *list, size_t count,
					 const char *name)
{
	name = without_prefix(name);
	for (size_t i = 0; i < count; i++)
		if (!strcmp(list[i].name, name))
			return &list[i];
	return NULL;
}

int cmd_tools(int argc, char **argv)
{
	struct template_entry *list = NULL;
	const struct template_entry *one = NULL;
	char folder[TEMPLATE_PATH];
	struct args args = { 0 };
	size_t count;
	int err;

	cli_parse_in_order(&argp, argc, argv, &args);
	if (!own_find(folder, "/../share/skep/tools", "/../../share/skep/tools"))
		return cli_fail(argv[0],
				"build skep with SKEP_BUILD_EXAMPLES, and install it with "
				"`cmake --install`",
				"there are no tools beside this program");
	count = templates_list(folder, &list);
	if (args.name)
		one = find(list, count, args.name);
	if (one)
		err = run(argv[0], one, argv + args.rest);
	else if (args.name)
		err = unknown(argv[0], list, count, args.name);
	else
		err = args.format == FORMAT_JSON ? print_json(list, count)
						 : print_text(list, count);
	free(list);
	return err;
}
