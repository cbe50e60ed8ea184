/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A log as lines, each with what it is. Nothing is copied. */
#ifndef SKEP_VERIFIER_LINES_H
#define SKEP_VERIFIER_LINES_H

#include "verifier/text/span.h"

enum skep_line_kind {
	SKEP_LINE_BLANK,
	SKEP_LINE_INSN,      /* 7: (85) call bpf_map_lookup_elem#1 ; R0=... */
	SKEP_LINE_STATE,     /* 7: R0=... or frame1: R1=... or caller:, callee: */
	SKEP_LINE_FROM,      /* from 5 to 9: R0=... : another path begins */
	SKEP_LINE_SOURCE,    /* ; c->hits++; @ x.bpf.c:11 */
	SKEP_LINE_NOTE,      /* precision tracking, func#0 @0, Validating x() ... */
	SKEP_LINE_STATS,     /* verification time ..., stack depth ... */
	SKEP_LINE_PROCESSED, /* processed 9 insns (limit ... */
	SKEP_LINE_REPORT,    /* of Linux 7.3: from `Verification failed:` to the end of it */
	SKEP_LINE_LOADER,    /* libbpf's and others' own words */
	SKEP_LINE_TEXT,      /* anything else: perhaps what was refused */
};

struct skep_line {
	struct skep_span text; /* unwrapped and trimmed */
	enum skep_line_kind kind;
};

struct skep_lines {
	struct skep_line *at;
	size_t count, room;
};

/* Splits a text. 0 or -ENOMEM; the caller frees the lines in any case. */
int skep_lines_split(struct skep_lines *lines, const char *text, size_t bytes);
void skep_lines_free(struct skep_lines *lines);

/* What a line is, taken alone: never SKEP_LINE_REPORT's inside. */
enum skep_line_kind skep_line_kind(struct skep_span text);

#endif
