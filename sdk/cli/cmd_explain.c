/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "cli.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <skep/error.h>
#include <skep/verifier.h>

#include "explain_show.h"
#include "watch.h"

struct args {
	const char *what;
	char **command;
	struct show show;
	bool list;
};

static const struct argp_option options[] = {
	{ "list", 'l', NULL, 0, "List the codes, with their names and titles", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->show;
		return 0;
	case 'l':
		args->list = true;
		return 0;
	case ARGP_KEY_ARG:
		if (args->what || args->command || args->list)
			argp_error(state, "one log, one code or one command at a time");
		if (!*arg)
			argp_error(state, "the name of the log is empty");
		args->what = arg;
		return 0;
	case ARGP_KEY_END:
		if (args->list && (args->what || args->command))
			argp_error(state, "--list goes without a log, a code and a command");
		if (args->command ? !*args->command : !args->what && !args->list)
			argp_error(state, args->command ? "which command?"
							: "which log? - is standard input");
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
	.args_doc = "FILE|-|CODE\n-- COMMAND [ARG...]",
	.doc = "Say what the kernel's verifier refused, why, and what to write instead.\v"
	       "FILE is the log that a loader printed, with whatever else it printed; CODE is a "
	       "code of an explanation, such as SKEP-V001. COMMAND is run, and what the kernel "
	       "refuses it is explained on standard error when it has ended (the formats for "
	       "programs: on standard output). Exit codes: 1 when something was refused, 0 when "
	       "not, or what COMMAND returned.",
};

/* SKEP-V001, V001. Names of codes are left to files. */
static bool is_code(const char *what)
{
	if (!strncasecmp(what, "SKEP-", 5))
		return true;
	return (*what == 'V' || *what == 'v') && strspn(what + 1, "0123456789") == 3 && !what[4];
}

/* `{x|text}` is text, and `{x}` and `{n:x}` are <x>; other braces are C. */
static void print_template(const char *text)
{
	while (*text) {
		const char *name = text + 1;
		size_t n;

		if (*text == '{' && *name && name[1] == ':')
			name += 2;
		n = strspn(name, "abcdefghijklmnopqrstuvwxyz_");
		if (*text == '{' && n && name[n] == '}') {
			printf("<%.*s>", (int)n, name);
			text = name + n + 1;
		} else if (*text == '{' && n && name[n] == '|' && strchr(name, '}')) {
			name += n + 1;
			printf("%.*s", (int)strcspn(name, "}"), name);
			text = name + strcspn(name, "}") + 1;
		} else {
			putchar(*text++);
		}
	}
}

static void print_fix(const struct skep_fix *fix)
{
	const char *code = fix->code ? fix->code : "";

	printf("  - ");
	print_template(fix->text);
	putchar('\n');
	while (*code) {
		size_t n = strcspn(code, "\n");
		char *line = strndup(code, n);

		printf("        ");
		print_template(line ? line : "");
		putchar('\n');
		free(line);
		code += n + (code[n] == '\n');
	}
}

static void print_page(const struct skep_catalogue_page *page)
{
	struct skep_fix fix;
	const char *wording;

	printf("%s  %s\n%s\n\n%s\n", page->code, page->name, page->title, page->explanation);
	for (size_t i = 0; skep_catalogue_fix(&fix, page->code, i); i++) {
		fputs(i ? "" : "\nWhat to write:\n", stdout);
		print_fix(&fix);
	}
	for (size_t i = 0; (wording = skep_catalogue_wording(page->code, i)); i++) {
		fputs(i ? "  " : "\nKernels say:\n  ", stdout);
		print_template(wording);
		putchar('\n');
	}
}

static int print_list(void)
{
	struct skep_catalogue_page page;

	for (size_t i = 0; skep_catalogue_at(&page, i); i++)
		printf("%s\t%s\t%s\n", page.code, page.name, page.title);
	return cli_finish(stdout, "standard output");
}

static int explain_code(const char *what, const struct args *args)
{
	struct skep_catalogue_page page;

	if (skep_catalogue_find(&page, args->what)) {
		cli_fail(what, "codes are SKEP-V001 and so on; a file is ./FILE", "%s",
			 skep_error_last()->message);
		return EXIT_USAGE;
	}
	if (cli_output_to(what, args->show.output))
		return EXIT_FAILED;
	if (args->show.format == SHOW_JSON)
		return show_page_json(&page, stdout) ? cli_fail(what, NULL, "no memory")
						     : cli_finish(stdout, "standard output");
	print_page(&page);
	return cli_finish(stdout, "standard output");
}

static bool is_source(const char *name)
{
	size_t n = strlen(name);

	return n > 2 && name[n - 2] == '.' && (name[n - 1] == 'c' || name[n - 1] == 'h');
}

static int explain_log(const char *what, const struct args *args)
{
	SKEP_AUTO(skep_explanation) *explanation = NULL;
	enum skep_verdict verdict;
	int code;

	if (show_explain_file(&args->show, args->what, &explanation))
		return skep_perror(what);
	verdict = skep_explanation_verdict(explanation);
	code = cli_output_to(what, args->show.output);
	if (code)
		return code;
	code = show(what, &args->show, explanation);
	if (code)
		return code;
	if (verdict == SKEP_VERDICT_UNKNOWN)
		return cli_fail(
			what,
			is_source(args->what)
				? "`skep load` loads the object made of a source, and explains"
				: "a log ends with `processed N insns`, or with an error",
			"%s: no verifier's log in it, or one that is cut off before its end",
			args->what);
	return verdict == SKEP_VERDICT_REJECTED ? EXIT_FAILED : EXIT_OK;
}

/* All behind `--`. argp would put what is before it there too. */
static char **take_command(int *argc, char **argv)
{
	for (int i = 1; i < *argc; i++) {
		if (strcmp(argv[i], "--"))
			continue;
		*argc = i;
		argv[i] = NULL;
		return &argv[i + 1];
	}
	return NULL;
}

int cmd_explain(int argc, char **argv)
{
	struct args args = { .command = take_command(&argc, argv) };

	cli_parse(&argp, argc, argv, &args);
	if (cli_can_write(argv[0], args.show.output))
		return EXIT_FAILED;
	if (args.command)
		return watch_command(argv[0], &args.show, args.show.output, args.command);
	if (args.list)
		return cli_output_to(argv[0], args.show.output) ? EXIT_FAILED : print_list();
	return is_code(args.what) ? explain_code(argv[0], &args) : explain_log(argv[0], &args);
}
