/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A log of several programs, one after the other: each ends with `processed N insns`. */
#ifndef SKEP_VERIFIER_SEGMENTS_H
#define SKEP_VERIFIER_SEGMENTS_H

#include "source.h"

struct skep_segments {
	uint64_t *ends; /* behind the line `processed ...`; the last is the end of the log */
	size_t count, room;
};

/* 0, or the error is recorded. */
int skep_segments_find(struct skep_segments *segments, struct skep_source *source);
void skep_segments_free(struct skep_segments *segments);

#endif
