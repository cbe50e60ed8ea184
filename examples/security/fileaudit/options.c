/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "options.h"

#include <argp.h>
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct argp_option known[] = {
	{ "json", 'j', NULL, 0, "Print JSON, an object a line", 0 },
	{ "uid", 'u', "USER", 0, "Only what this user opens, by name or number", 0 },
	{ "duration", 'd', "SECONDS", 0, "Stop by itself", 0 },
	{ 0 },
};

static unsigned long number(const char *arg, unsigned long most, struct argp_state *state)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(arg, &end, 0);
	if (errno || end == arg || *end || *arg == '-' || value > most)
		argp_error(state, "not a number that fits: '%s'", arg);
	return value;
}

static uint32_t user(const char *arg, struct argp_state *state)
{
	const struct passwd *entry = getpwnam(arg);

	return entry ? entry->pw_uid : (uint32_t)number(arg, ANY_UID - 1UL, state);
}

/* Symbolic links are followed: the kernel reports files by where they really are. */
static void folder(const char *arg, struct options *options, struct argp_state *state)
{
	struct stat st;

	if (!realpath(arg, options->folder))
		argp_failure(state, 2, errno, "%s", arg);
	if (stat(options->folder, &st) || !S_ISDIR(st.st_mode))
		argp_failure(state, 2, 0, "%s is not a folder", arg);
	if (!strcmp(options->folder, "/"))
		options->folder[0] = '\0';
	options->folder_bytes = (uint32_t)strlen(options->folder);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'j':
		options->json = true;
		return 0;
	case 'u':
		options->uid = user(arg, state);
		return 0;
	case 'd':
		options->seconds = number(arg, 1000000000UL, state);
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num)
			argp_error(state, "one folder at a time");
		folder(arg, options, state);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which folder?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

void parse_options(int argc, char **argv, struct options *options)
{
	static const struct argp argp = {
		.options = known,
		.parser = parse,
		.args_doc = "FOLDER",
		.doc = "Print which files below a folder are opened for writing, and by whom.",
	};

	options->uid = ANY_UID;
	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, options);
}
