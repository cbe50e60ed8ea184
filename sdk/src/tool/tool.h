/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a tool is made of. Public side: <skep/tool.h>. */
#ifndef SKEP_TOOL_TOOL_H
#define SKEP_TOOL_TOOL_H

#include <signal.h>

#include <jansson.h>
#include <skep/tool.h>

#include "tool/buffer.h"

#define SKEP_TOOL_COLUMNS_MOST 64
#define SKEP_TOOL_EXIT_USAGE   2
#define SKEP_TOOL_EXIT_PIPE    141 /* as shells tell the end by SIGPIPE */

struct skep_tool {
	char *name;
	struct skep_loop *loop;
	struct skep_filter filter;
	bool json;
	uint64_t duration_ns; /* 0: without end */
	uint64_t interval_ns; /* 0: only at the end */
	skep_tool_fn every;
	void *every_ctx;
	uint64_t ticks;  /* of the interval, until now */
	uint64_t tables; /* printed until now */

	const struct skep_tool_column *columns;
	size_t count;
	size_t last; /* the last column that text has; `count` where it has none */

	/* The row that is being made. */
	size_t at; /* the column of the next cell */
	struct skep_tool_buffer line, note;
	json_t *object;
	size_t last_pad;  /* what the last column is short of its width */
	size_t time_at;   /* where in the line the time is going to be */
	uint64_t when_ns; /* of CLOCK_MONOTONIC; 0: now */
	int wrong;        /* an errno: the row is given up, for the reason in `why` */
	char why[192];

	int write_error;   /* an errno: nobody gets what is written any more */
	bool flush_posted; /* for the end of this round */
	bool headed;       /* a heading stands above */
	struct sigaction pipe_before;
	bool pipe_taken;     /* that is quiet then, as `ls | head` */
	time_t clock_second; /* what `clock` is the text of */
	char clock[9];
};

/* --- options.c --- */

/* Reads the command line; ends the process where that asks for it. 0 or -errno in words. */
int skep_tool_parse(struct skep_tool *tool, int argc, char **argv,
		    const struct skep_tool_opts *opts);

/* --- values.c --- */

struct argp_state;

/* These end the process, with a line that says why, where a value is wrong. */
uint64_t skep_tool_parse_number(const char *arg, uint64_t least, uint64_t most,
				struct argp_state *state);
uint64_t skep_tool_parse_time(const char *arg, struct argp_state *state);
uint32_t skep_tool_parse_user(const char *arg, struct argp_state *state);
unsigned int skep_tool_parse_choice(const char *arg, const struct skep_tool_option *option,
				    struct argp_state *state);

/* --- row.c --- */

/* -EBADF in words. */
int skep_tool_fail_none(void);

/* Checks and takes columns. */
int skep_tool_use_columns(struct skep_tool *tool, const struct skep_tool_column *columns);

/*
 * The column of the next cell, which has one of the kinds that are bits of `kinds`; NULL where
 * nothing is to be put, because it is not shown, or because the row is wrong.
 */
const struct skep_tool_column *skep_tool_next(struct skep_tool *tool, unsigned int kinds,
					      const char *call);

/* Puts a value into the row's object; takes it over. */
void skep_tool_set(struct skep_tool *tool, const char *name, json_t *value);

/* Around a cell of text in the line; the first returns where it begins. */
size_t skep_tool_cell_begin(struct skep_tool *tool);
void skep_tool_cell_end(struct skep_tool *tool, const struct skep_tool_column *column,
			size_t start);

/* Gives the row up. */
void skep_tool_wrong(struct skep_tool *tool, int code, const char *format, ...) SKEP_PRINTF(3, 4);

/* --- time.c --- */

/* What time it was: as text of eight characters, and as JSON has it. */
const char *skep_tool_clock(struct skep_tool *tool, const struct timespec *when);
json_t *skep_tool_json_time(const struct timespec *when);

/* The row's time, of CLOCK_REALTIME. */
void skep_tool_when(const struct skep_tool *tool, struct timespec *when);

/* --- print.c --- */

/* 0, or -errno in words. */
int skep_tool_write(struct skep_tool *tool, const char *data, size_t bytes);
int skep_tool_write_json(struct skep_tool *tool, const json_t *value);
int skep_tool_flush(struct skep_tool *tool);
int skep_tool_heading(struct skep_tool *tool);

/* JSON of a number: text beyond what its readers take. */
json_t *skep_tool_json_uint(uint64_t value);

/* JSON of bytes: what is not UTF-8 is '?'. */
json_t *skep_tool_json_text(const char *bytes, size_t length);

#endif
