/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The command line: what all tools take, and what this one adds. */
#include <argp.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <skep/error.h>
#include <skep/version.h>

#include "tool/tool.h"

#define OWN_MOST    64
#define COMMON_MOST 9
#define KEY_USAGE   0xffff
#define GROUP_HELP  -1      /* the last */
#define KEY_OWN     0x10000 /* of an option without a letter: more than its place in the table */
#define PID_MOST    4194304 /* the kernel's PID_MAX_LIMIT */

/* What argp's parser needs. */
struct parsing {
	struct skep_tool *tool;
	const struct skep_tool_opts *opts;
	const struct skep_tool_option *own;
	size_t own_count;
	struct argp_option options[COMMON_MOST + OWN_MOST + 1];
	char *args_doc, *doc;
};

static const struct {
	unsigned int takes; /* 0: all tools do */
	struct argp_option option;
} common[COMMON_MOST] = {
	{ 0, { "json", 'j', NULL, 0, "Print JSON, an object a line", 0 } },
	{ 0, { "duration", 'd', "SECONDS", 0, "Stop by itself (default: at Ctrl-C)", 0 } },
	{ SKEP_TOOL_TAKES_INTERVAL,
	  { "interval", 'i', "SECONDS", 0, "Print every so often, not only at the end", 0 } },
	{ SKEP_TOOL_TAKES_PID, { "pid", 'p', "PID", 0, "Only this process", 0 } },
	{ SKEP_TOOL_TAKES_UID, { "uid", 'u', "USER", 0, "Only this user, by name or number", 0 } },
	{ SKEP_TOOL_TAKES_COMM, { "comm", 'c', "NAME", 0, "Only programs of this name", 0 } },
	{ 0, { "help", '?', NULL, 0, "Give this help list", GROUP_HELP } },
	{ 0, { "usage", KEY_USAGE, NULL, 0, "Give a short usage message", GROUP_HELP } },
	{ 0, { "version", 'V', NULL, 0, "Print program version", GROUP_HELP } },
};

static void take_own(const struct skep_tool_option *option, const char *arg,
		     struct argp_state *state)
{
	if (option->flag)
		*option->flag = true;
	else if (option->number)
		*option->number = skep_tool_parse_number(
			arg, option->least, option->most ? option->most : UINT64_MAX, state);
	else if (option->text)
		*option->text = arg;
	else if (option->choice)
		*option->choice = skep_tool_parse_choice(arg, option, state);
	else
		*option->time_ns = skep_tool_parse_time(arg, state);
}

/* "[FOLDER]" is "folder" in messages. */
static const char *spoken(const struct skep_tool_option *option, char text[64])
{
	size_t n = 0;

	for (const char *c = option->arg; *c && n < 63; c++)
		if (*c != '[' && *c != ']')
			text[n++] = (char)tolower((unsigned char)*c);
	text[n] = '\0';
	return text;
}

/* The argument at that place; NULL beyond the last. `*count`: how many there are. */
static const struct skep_tool_option *argument(const struct parsing *p, unsigned int place,
					       unsigned int *count)
{
	const struct skep_tool_option *found = NULL;

	*count = 0;
	for (size_t i = 0; i < p->own_count; i++)
		if (!p->own[i].name && (*count)++ == place)
			found = &p->own[i];
	return found;
}

static error_t take_argument(const struct parsing *p, const char *arg, struct argp_state *state)
{
	unsigned int count;
	const struct skep_tool_option *option = argument(p, state->arg_num, &count);
	char text[64];

	if (option)
		take_own(option, arg, state);
	else if (count == 1 && !p->opts->argp)
		argp_error(state, "one %s at a time", spoken(argument(p, 0, &count), text));
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

static error_t check_arguments(const struct parsing *p, struct argp_state *state)
{
	unsigned int count;
	const struct skep_tool_option *next = argument(p, state->arg_num, &count);
	char text[64];

	if (next && next->arg[0] != '[')
		argp_error(state, "which %s?", spoken(next, text));
	return 0;
}

/* argp would end the process without a look at what it has printed. */
static void finish(const struct skep_tool *tool)
{
	if (!fflush(stdout) && !ferror(stdout))
		exit(EXIT_SUCCESS);
	fprintf(stderr, "%s: cannot write to standard output: %s\n", tool->name, strerror(errno));
	exit(EXIT_FAILURE);
}

static void print_version(const struct parsing *p)
{
	if (p->opts->version)
		printf("%s %s (skep %s)\n", p->tool->name, p->opts->version, skep_version_string());
	else
		printf("%s (skep %s)\n", p->tool->name, skep_version_string());
}

/* These end the process. */
static error_t take_question(const struct parsing *p, int key, struct argp_state *state)
{
	switch (key) {
	case '?':
		argp_state_help(state, stdout, ARGP_HELP_STD_HELP & ~ARGP_HELP_EXIT_OK);
		break;
	case KEY_USAGE:
		argp_state_help(state, stdout, ARGP_HELP_USAGE);
		break;
	case 'V':
		print_version(p);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	finish(p->tool);
	return 0;
}

static error_t take_common(struct skep_tool *tool, int key, const char *arg,
			   struct argp_state *state)
{
	switch (key) {
	case 'j':
		tool->json = true;
		return 0;
	case 'd':
		tool->duration_ns = skep_tool_parse_time(arg, state);
		return 0;
	case 'i':
		tool->interval_ns = skep_tool_parse_time(arg, state);
		return 0;
	case 'p':
		tool->filter.pid = (uint32_t)skep_tool_parse_number(arg, 1, PID_MOST, state);
		return 0;
	case 'u':
		tool->filter.uid = skep_tool_parse_user(arg, state);
		tool->filter.by_uid = 1;
		return 0;
	case 'c':
		if (!*arg)
			argp_error(state, "--comm is a program's name, which is not empty");
		/* The kernel cuts names too. */
		snprintf(tool->filter.comm, sizeof(tool->filter.comm), "%s", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const struct parsing *p = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		if (p->opts->argp)
			state->child_inputs[0] = p->opts->input;
		return 0;
	case ARGP_KEY_ARG:
		return take_argument(p, arg, state);
	case ARGP_KEY_END:
		return check_arguments(p, state);
	default:
		break;
	}
	for (size_t i = 0; i < p->own_count; i++)
		if (p->own[i].name && key == (p->own[i].key ? p->own[i].key : (int)(KEY_OWN + i))) {
			take_own(&p->own[i], arg, state);
			return 0;
		}
	return take_question(p, key, state) ? take_common(p->tool, key, arg, state) : 0;
}

static bool is_same(const struct argp_option *option, const struct skep_tool_option *own)
{
	return (own->key && option->key == own->key) || !strcmp(option->name, own->name);
}

/* The option that is there already under this letter or name; NULL. */
static const struct argp_option *clash(const struct parsing *p, size_t count,
				       const struct skep_tool_option *own)
{
	for (size_t i = 0; i < count; i++)
		if (is_same(&p->options[i], own))
			return &p->options[i];
	for (size_t i = 0; i < COMMON_MOST; i++)
		if (common[i].option.group && is_same(&common[i].option, own))
			return &common[i].option;
	return NULL;
}

/* Of those that all tools have, those of one group; where a group begins it goes on. */
static void add_common(struct parsing *p, size_t *count, int group)
{
	for (size_t i = 0; i < COMMON_MOST; i++)
		if ((p->opts->takes & common[i].takes) == common[i].takes &&
		    common[i].option.group == group)
			p->options[(*count)++] = common[i].option;
}

static int check_own(const struct parsing *p, size_t count, const struct skep_tool_option *own)
{
	const char *name = own->name ? own->name : own->arg ? own->arg : "(without a name)";
	int targets = !!own->flag + !!own->number + !!own->text + !!own->choice + !!own->time_ns;

	if (targets != 1)
		return skep_error_set(EINVAL, "set one of flag, number, text, choice and time_ns",
				      "option '%s' goes to %d places, not to one", name, targets);
	if (!own->arg && (!own->flag || !own->name))
		return skep_error_set(EINVAL, "set .arg, as \"BYTES\"",
				      "option '%s' has a value, which has no name", name);
	if (own->flag && !own->name)
		return skep_error_set(EINVAL, "give it a name, or let it be text",
				      "argument '%s' is a flag", name);
	if (own->name && clash(p, count, own))
		return skep_error_set(EINVAL, "give it another letter or name",
				      "option '%s' is there already, as '%s'", name,
				      clash(p, count, own)->name);
	return 0;
}

/* What argp is given: all options in one table, and the names of the arguments. */
static int add_options(struct parsing *p)
{
	size_t count = 0;
	int err = 0;

	add_common(p, &count, 0);
	for (const struct skep_tool_option *own = p->own; own && (own->name || own->arg); own++) {
		if (p->own_count == OWN_MOST)
			return skep_error_set(EINVAL, "end the table with { 0 }",
					      "there are more than %d options", OWN_MOST);
		err = check_own(p, count, own);
		if (err)
			return err;
		if (own->name)
			p->options[count++] = (struct argp_option){
				.name = own->name,
				.key = own->key ? own->key : (int)(KEY_OWN + p->own_count),
				.arg = own->flag ? NULL : own->arg,
				.doc = own->doc,
			};
		p->own_count++;
	}
	add_common(p, &count, GROUP_HELP);
	return 0;
}

static int add_docs(struct parsing *p)
{
	struct skep_tool_buffer args = { 0 };

	for (size_t i = 0; i < p->own_count; i++) {
		if (p->own[i].name)
			continue;
		skep_tool_buffer_add(&args, " ", args.used > 0);
		skep_tool_buffer_add(&args, p->own[i].arg, strlen(p->own[i].arg));
	}
	skep_tool_buffer_add(&args, "", 1);
	p->args_doc = args.data;
	if (args.failed ||
	    asprintf(&p->doc, "%s%s%s", p->opts->doc ? p->opts->doc : "", p->opts->more ? "\v" : "",
		     p->opts->more ? p->opts->more : "") < 0) {
		p->doc = NULL;
		return skep_error_set(ENOMEM, NULL, "no memory for options");
	}
	return 0;
}

static int run_argp(struct parsing *p, int argc, char **argv)
{
	const struct argp_child children[] = { { .argp = p->opts->argp }, { 0 } };
	const struct argp argp = {
		.options = p->options,
		.parser = parse,
		.args_doc = p->args_doc[0] ? p->args_doc : NULL,
		.doc = p->doc,
		.children = p->opts->argp ? children : NULL,
	};
	char **words = calloc((size_t)(argc > 0 ? argc : 1) + 1, sizeof(*words));
	error_t status = argp_err_exit_status;
	int err;

	if (!words)
		return skep_error_set(ENOMEM, NULL, "no memory for options");
	/* A copy: messages begin with its first word, and it is put in another order. */
	words[0] = p->tool->name;
	for (int i = 1; i < argc; i++)
		words[i] = argv[i];
	argp_err_exit_status = SKEP_TOOL_EXIT_USAGE;
	err = argp_parse(&argp, argc > 0 ? argc : 1, words, ARGP_NO_HELP, NULL, p);
	free(words);
	argp_err_exit_status = status;
	return err ? skep_error_set(err, NULL, "the command line cannot be read: %s", strerror(err))
		   : 0;
}

int skep_tool_parse(struct skep_tool *tool, int argc, char **argv,
		    const struct skep_tool_opts *opts)
{
	struct parsing p = { .tool = tool, .opts = opts, .own = opts->options };
	int err = add_options(&p);

	if (!err)
		err = add_docs(&p);
	if (!err)
		err = run_argp(&p, argc, argv);
	free(p.args_doc);
	free(p.doc);
	return err;
}
