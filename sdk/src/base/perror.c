/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The one place of the library that prints, and only because main() asks for it. */
#include <skep/error.h>

#include <stdio.h>
#include <string.h>

#define LOG_LINES 20 /* of a verifier log, whose end says why */

static const char *last_lines(const char *log, int lines)
{
	const char *at = log + strlen(log);

	if (at > log && at[-1] == '\n')
		at--;
	while (at > log) {
		if (at[-1] == '\n' && --lines == 0)
			break;
		at--;
	}
	return at;
}

int skep_perror(const char *what)
{
	const struct skep_error *e = skep_error_last();

	if (e->log) {
		const char *tail = last_lines(e->log, LOG_LINES);

		if (tail > e->log)
			fputs("[...]\n", stderr);
		fputs(tail, stderr);
		if (*tail && tail[strlen(tail) - 1] != '\n')
			fputc('\n', stderr);
	}
	if (what)
		fprintf(stderr, "%s: ", what);
	fprintf(stderr, "%s\n", e->message);
	if (e->hint)
		fprintf(stderr, "  hint: %s\n", e->hint);
	return 1;
}
