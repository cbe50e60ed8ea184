/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "explain_show.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skep/error.h>

#include "cli.h"
#include "load.h"

#define KEY_OUTPUT 256

static const struct argp_option options[] = {
	{ "directory", 'C', "DIR", 0, "Where relative names of source files begin (default: .)",
	  0 },
	{ "format", 'f', "FORMAT", 0, "text (default), json, sarif, github, html or patch", 0 },
	{ "object", 'o', "FILE", 0, "The object that the program is from: lines and names", 0 },
	{ "output", KEY_OUTPUT, "FILE", 0, "Where the explanation goes; - is standard output", 0 },
	{ "program", 'p', "NAME", 0, "The program's name", 0 },
	{ "verbose", 'v', NULL, 0, "Also the way to the refused line; -vv: with registers", 0 },
	{ 0 },
};

static enum show_format parse_format(const char *arg, struct argp_state *state)
{
	static const char *const names[] = {
		[SHOW_TEXT] = "text",     [SHOW_JSON] = "json", [SHOW_SARIF] = "sarif",
		[SHOW_GITHUB] = "github", [SHOW_HTML] = "html", [SHOW_PATCH] = "patch"
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(arg, names[i]))
			return (enum show_format)i;
	argp_error(state, "--format is text, json, sarif, github, html or patch, not '%s'", arg);
	return SHOW_TEXT;
}

/* A source that is not found is no error; a folder that is not there is a mistake. */
static const char *parse_directory(const char *arg, struct argp_state *state)
{
	struct stat st;

	if (stat(arg, &st))
		argp_error(state, "--directory %s: %s", arg, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		argp_error(state, "--directory %s: it is not a folder", arg);
	return arg;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct show *show = state->input;

	switch (key) {
	case 'C':
		show->source_dir = parse_directory(arg, state);
		return 0;
	case 'f':
		show->format = parse_format(arg, state);
		return 0;
	case 'o':
		show->object = arg;
		return 0;
	case KEY_OUTPUT:
		show->output = arg;
		return 0;
	case 'p':
		show->program = arg;
		return 0;
	case 'v':
		show->verbose++;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp show_argp = { .options = options, .parser = parse };

static struct skep_explain_opts explain_opts(const struct show *show)
{
	return (struct skep_explain_opts){
		.sz = sizeof(struct skep_explain_opts),
		.program = show->program,
		.object = show->object,
		.source_dir = show->source_dir ? show->source_dir : ".",
		.story = show->verbose || show->format == SHOW_HTML,
		.names = show_names(show->object),
	};
}

int show_explain_file(const struct show *show, const char *path,
		      struct skep_explanation **explanation)
{
	struct skep_explain_opts opts = explain_opts(show);

	return skep_explain_file(explanation, path, &opts);
}

int show_explain(const struct show *show, const char *log, size_t bytes, const char *program,
		 struct skep_explanation **explanation)
{
	struct skep_explain_opts opts = explain_opts(show);

	if (program)
		opts.program = program;
	return skep_explain(explanation, log, bytes, &opts);
}

int show_explain_more(const struct show *show, const char *log, size_t bytes, const char *program,
		      struct skep_explanation *explanation)
{
	struct skep_explain_opts opts = explain_opts(show);

	if (program)
		opts.program = program;
	return skep_explanation_add(explanation, log, bytes, &opts);
}

static unsigned terminal_columns(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col < 40)
		return 80;
	return size.ws_col < 120 ? size.ws_col : 120;
}

/* no-color.org: set, and not empty. */
static bool wants_color(void)
{
	const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && *no) && !(terminal && !strcmp(terminal, "dumb"));
}

int show_diagnostic(const char *what, const struct show *show,
		    const struct skep_diagnostic *diagnostic)
{
	char *text = NULL;

	if (skep_diagnostic_text(
		    &text, diagnostic,
		    SKEP_OPTS(skep_diagnostic_text_opts, .color = wants_color(),
			      .columns = isatty(STDOUT_FILENO) ? terminal_columns() : 100,
			      .verbose = show->verbose)))
		return skep_perror(what);
	fputs(text, stdout);
	free(text);
	return EXIT_OK;
}

static int show_text(const char *what, const struct show *show,
		     const struct skep_explanation *explanation)
{
	int code = EXIT_OK;

	for (size_t i = 0; !code && i < skep_explanation_count(explanation); i++) {
		fputs(i ? "\n" : "", stdout);
		code = show_diagnostic(what, show, skep_explanation_diagnostic(explanation, i));
	}
	if (skep_explanation_verdict(explanation) == SKEP_VERDICT_ACCEPTED)
		puts("accepted: the log has no refusal");
	if (!show->no_costs)
		load_costs_show(explanation, stdout);
	return code;
}

/* The first of each program that a machine may apply. */
static int show_patch(const char *what, const struct skep_explanation *explanation)
{
	bool any = false;

	for (size_t i = 0; i < skep_explanation_count(explanation); i++) {
		const struct skep_diagnostic *d = skep_explanation_diagnostic(explanation, i);

		for (size_t f = 0; f < d->fix_count; f++) {
			if (!d->fixes[f].patch || d->fixes[f].applicability != SKEP_FIX_MACHINE)
				continue;
			fputs(d->fixes[f].patch, stdout);
			any = true;
			break;
		}
	}
	if (!any)
		return cli_fail(what, "without --format it is said in words",
				"no fix here may be applied by a machine");
	return EXIT_OK;
}

int show(const char *what, const struct show *show, const struct skep_explanation *explanation)
{
	int err = 0, code = EXIT_OK;

	show_object_notes(what, explanation);
	show_source_notes(what, show, explanation);
	switch (show->format) {
	case SHOW_TEXT:
		code = show_text(what, show, explanation);
		break;
	case SHOW_JSON:
		err = show_json(show, explanation, stdout);
		break;
	case SHOW_SARIF:
		err = show_sarif(show, explanation, stdout);
		break;
	case SHOW_GITHUB:
		show_github(show, explanation, stdout);
		break;
	case SHOW_HTML:
		err = show_html(show, explanation, stdout);
		break;
	case SHOW_PATCH:
		/* Of what is no log the caller tells. */
		if (skep_explanation_verdict(explanation) != SKEP_VERDICT_UNKNOWN)
			code = show_patch(what, explanation);
		break;
	}
	/* That nothing could be written is told by cli_finish(). */
	if (err && !ferror(stdout))
		code = cli_fail(what, NULL, "no memory");
	return code ? code : cli_finish(stdout, "standard output");
}
