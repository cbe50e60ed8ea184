/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What options are given: numbers, times, users, choices. Wrong ones end the process. */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/tool.h"

#define SECONDS_MOST 1000000000

static bool read_number(const char *arg, uint64_t *value)
{
	unsigned long long wide;
	char *end;

	/* strtoull() takes signs and spaces too. */
	if (*arg < '0' || *arg > '9')
		return false;
	errno = 0;
	wide = strtoull(arg, &end, 0);
	*value = wide;
	return !errno && !*end;
}

uint64_t skep_tool_parse_number(const char *arg, uint64_t least, uint64_t most,
				struct argp_state *state)
{
	uint64_t value = 0;

	if (!read_number(arg, &value))
		argp_error(state, "not a number that fits: '%s'", arg);
	else if (value < least || value > most)
		argp_error(state,
			   "not a number that fits: '%s' is not from %" PRIu64 " to %" PRIu64, arg,
			   least, most);
	return value;
}

/* Digits, and a point between them: nothing else that strtod() takes. */
static bool read_seconds(const char *arg, double *seconds)
{
	size_t whole = strspn(arg, "0123456789"), part = 0;

	if (arg[whole] == '.')
		part = strspn(arg + whole + 1, "0123456789");
	if (!whole || arg[whole] == (part ? '\0' : '.') || (arg[whole] && arg[whole] != '.') ||
	    (part && arg[whole + 1 + part]))
		return false;
	*seconds = (double)strtoull(arg, NULL, 10);
	for (double digit = 0.1; part--; digit /= 10)
		*seconds += digit * (*(arg + ++whole) - '0');
	return *seconds <= SECONDS_MOST;
}

uint64_t skep_tool_parse_time(const char *arg, struct argp_state *state)
{
	double seconds = 0;
	uint64_t ns;

	if (!read_seconds(arg, &seconds))
		argp_error(state, "not a number of seconds: '%s'", arg);
	ns = (uint64_t)(seconds * (double)SKEP_SECOND + 0.5);
	if (ns < SKEP_MILLISECOND)
		argp_error(state, "not a number of seconds: '%s' is less than 0.001", arg);
	return ns;
}

uint32_t skep_tool_parse_user(const char *arg, struct argp_state *state)
{
	const struct passwd *entry = getpwnam(arg);
	uint64_t value = 0;

	if (entry)
		return entry->pw_uid;
	/* The last number means nobody at all. */
	if (!read_number(arg, &value) || value >= UINT32_MAX)
		argp_error(state, "no user of that name, and not a number that fits: '%s'", arg);
	return (uint32_t)value;
}

/* "auto|native|generic" as people say it. */
static const char *spell(const char *words, char *text, size_t room)
{
	size_t used = 0;

	text[0] = '\0';
	while (*words && used < room) {
		size_t length = strcspn(words, "|");
		const char *next = words + length + (words[length] == '|');
		const char *before = !used ? "" : strchr(next, '|') || *next ? ", " : " or ";

		used += (size_t)snprintf(text + used, room - used, "%s%.*s", before, (int)length,
					 words);
		words = next;
	}
	return text;
}

unsigned int skep_tool_parse_choice(const char *arg, const struct skep_tool_option *option,
				    struct argp_state *state)
{
	const char *word = option->arg;
	unsigned int n = 0;
	char text[256];

	for (;; n++) {
		size_t length = strcspn(word, "|");

		if (strlen(arg) == length && !strncmp(word, arg, length))
			return n;
		if (!word[length])
			break;
		word += length + 1;
	}
	spell(option->arg, text, sizeof(text));
	if (option->name)
		argp_error(state, "--%s is %s, not '%s'", option->name, text, arg);
	else
		argp_error(state, "%s is meant, not '%s'", text, arg);
	return 0;
}
