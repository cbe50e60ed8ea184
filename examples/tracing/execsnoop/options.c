/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "options.h"

#include <argp.h>
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>

#include "execsnoop.h"

static const struct argp_option known[] = {
	{ "exits", 'x', NULL, 0, "Also print how and when each of them ends", 0 },
	{ "json", 'j', NULL, 0, "Print JSON, an object a line", 0 },
	{ "uid", 'u', "USER", 0, "Only programs of this user, by name or number", 0 },
	{ "comm", 'c', "NAME", 0, "Only programs of this name", 0 },
	{ "duration", 'd', "SECONDS", 0, "Stop by itself", 0 },
	{ "ring", 'r', "BYTES", 0, "Size of the ring buffer, a power of two", 0 },
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

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'x':
		options->exits = true;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case 'u':
		options->uid = user(arg, state);
		return 0;
	case 'c':
		options->comm = arg;
		return 0;
	case 'd':
		options->seconds = number(arg, 1000000000UL, state);
		return 0;
	case 'r':
		options->ring_bytes = (uint32_t)number(arg, UINT32_MAX, state);
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
		.doc = "Print every program that starts on this machine, with its arguments.",
	};

	options->uid = ANY_UID;
	options->comm = "";
	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, options);
}
