/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An object that prints what it reports: what `skep run` and `skep dev` share. */
#ifndef SKEP_CLI_SESSION_H
#define SKEP_CLI_SESSION_H

#include <time.h>

#include <skep/skep.h>

#include "cli.h"
#include "sources.h"

/* What the options say; session_argp fills it. */
struct session_args {
	enum cli_format format;
	const char *interface;
	double seconds;
	const char *records[SOURCES_MOST + 1]; /* RING=TYPE */
	const char *sizes[SOURCES_MOST + 1];   /* RING=BYTES */
	const char *perf[SOURCES_MOST + 1];    /* RING */
	enum skep_log_level level;             /* of the programs' messages */
};

extern const struct argp session_argp; /* its input is a struct session_args */

struct session {
	const char *what; /* "skep run" */
	const char *path; /* the object's */
	struct session_args args;
	struct skep_object *object;
	struct skep_loop *loop;
	struct sources sources;
	struct skep_bpf_log *log; /* or NULL: the programs have no messages */
	struct timespec start;
};

/* These return an exit status, EXIT_OK or another after saying why. */

/* Opens the object and does to it what the options say, before load. */
int session_open(struct session *session);

/* A loop that ends by signals, by the reader's going, and after `seconds`. */
int session_listen(struct session *session);

/* Of a loaded object: its rings and its messages, into the loop. */
int session_read(struct session *session);

bool session_is_xdp(const struct skep_program *program);

/* What waits in rings and for its turn in time, printed. */
int session_drain(struct session *session);

/* Frees the loop and what is read in it; what messages were lost is said now. */
void session_stop(struct session *session);

/* The last line, to standard error. */
void session_report(const struct session *session, const struct skep_ring_stats *all);

#endif
