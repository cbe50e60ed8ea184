/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "print.h"

#include <jansson.h>
#include <stdio.h>

#include <skep/ring.h>

#include "fileaudit.h"
#include "options.h"

void print_heading(const struct options *options)
{
	if (!options->json)
		printf("%-7s %-6s %-15s %s\n", "PID", "UID", "COMM", "PATH");
	fflush(stdout);
}

/* JSON is UTF-8, and paths are bytes: what is neither is replaced. */
static json_t *text(const char *bytes)
{
	json_t *value = json_string(bytes);
	char copy[PATH_BYTES];

	if (value)
		return value;
	snprintf(copy, sizeof(copy), "%s", bytes);
	for (char *c = copy; *c; c++)
		if ((unsigned char)*c >= 128)
			*c = '?';
	return json_string(copy);
}

/*
 * A name may hold anything but a slash and a NUL, also what moves a terminal's cursor: that is
 * escaped. C1 controls are two bytes in UTF-8. Returns how many bytes were printed.
 */
static int print_escaped(const char *text)
{
	int n = 0;

	for (; *text; text++) {
		unsigned char c = (unsigned char)text[0], next = (unsigned char)text[1];

		if (c < ' ' || c == 127)
			n += printf("\\x%02x", c);
		else if (c == 0xc2 && next >= 0x80 && next < 0xa0)
			n += printf("\\x%02x\\x%02x", c, (unsigned int)(unsigned char)*++text);
		else
			n += putchar(c) != EOF;
	}
	return n;
}

void print_event(const struct options *options, const struct open_event *e)
{
	json_t *line;
	int width;

	if (!options->json) {
		printf("%-7u %-6u ", e->pid, e->uid);
		width = print_escaped(e->comm);
		printf("%*s ", width < 15 ? 15 - width : 0, "");
		print_escaped(e->path);
		putchar('\n');
		return;
	}
	line = json_pack("{s:I,s:I,s:o,s:o}", "pid", (json_int_t)e->pid, "uid", (json_int_t)e->uid,
			 "comm", text(e->comm), "path", text(e->path));
	json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(line);
}

void print_summary(const struct skep_ring *ring)
{
	struct skep_ring_stats stats;

	skep_ring_stats(ring, &stats);
	fprintf(stderr, "fileaudit: %llu events, %llu dropped\n",
		(unsigned long long)stats.consumed, (unsigned long long)stats.dropped);
}
