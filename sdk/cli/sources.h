/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The rings and perf buffers of an object, each record printed by its own type. */
#ifndef SKEP_CLI_SOURCES_H
#define SKEP_CLI_SOURCES_H

#include <skep/skep.h>

#include "cli.h"
#include "rows.h"

#define SOURCES_MOST 32

struct source;

struct sources {
	const char *what; /* "skep run" */
	const char *path; /* the object's */
	enum cli_format format;
	const char *const *records; /* RING=TYPE, and NULL behind the last */
	struct skep_object *object;
	struct skep_loop *loop;
	struct rows rows;
	struct source *all[SOURCES_MOST];
	size_t count;
};

/* A misspelt name would otherwise do nothing, without a word. An exit status, as of the next. */
int sources_check(const struct sources *s);

/* Of a loaded object, into the loop. */
int sources_open(struct sources *s);

/* Prints what waits for its turn in time; 0 or -errno in words. After the loop was drained. */
int sources_finish(struct sources *s);

/* Of all together; `counted` where each of them is. */
void sources_stats(const struct sources *s, struct skep_ring_stats *stats);

/* After the loop is freed. */
void sources_free(struct sources *s);

#endif
