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

/* A path may hold anything but a slash and a NUL, also what moves a terminal's cursor. */
static void print_path(const char *path)
{
	for (; *path; path++)
		if ((unsigned char)*path < ' ' || *path == 127)
			printf("\\x%02x", (unsigned char)*path);
		else
			putchar(*path);
}

void print_event(const struct options *options, const struct open_event *e)
{
	json_t *line;

	if (!options->json) {
		printf("%-7u %-6u %-15s ", e->pid, e->uid, e->comm);
		print_path(e->path);
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
