/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "options.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct argp_option known[] = {
	{ "mode", 'm', "auto|native|generic", 0, "Where XDP runs (default: auto)", 0 },
	{ "json", 'j', NULL, 0, "Print JSON, an object a line", 0 },
	{ "interval", 'i', "SECONDS", 0, "Print every so often, not only at the end", 0 },
	{ "duration", 'd', "SECONDS", 0, "Stop by itself", 0 },
	{ 0 },
};

static enum skep_xdp_mode mode(const char *arg, struct argp_state *state)
{
	static const char *const names[] = {
		[SKEP_XDP_AUTO] = "auto",
		[SKEP_XDP_NATIVE] = "native",
		[SKEP_XDP_GENERIC] = "generic",
	};

	for (int i = 0; i < 3; i++)
		if (!strcmp(arg, names[i]))
			return (enum skep_xdp_mode)i;
	argp_error(state, "--mode is auto, native or generic, not '%s'", arg);
	return SKEP_XDP_AUTO;
}

static uint64_t seconds(const char *arg, struct argp_state *state)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(arg, &end, 10);
	if (errno || end == arg || *end || *arg == '-' || !value || value > 1000000000UL)
		argp_error(state, "not a number of seconds: '%s'", arg);
	return value;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'm':
		options->mode = mode(arg, state);
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case 'i':
		options->interval = seconds(arg, state);
		return 0;
	case 'd':
		options->seconds = seconds(arg, state);
		return 0;
	case ARGP_KEY_ARG:
		if (options->interface)
			argp_error(state, "one interface at a time");
		options->interface = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which interface?");
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
		.args_doc = "INTERFACE",
		.doc = "Count the packets and bytes that reach a network interface, by protocol "
		       "and source.",
	};

	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, options);
}
