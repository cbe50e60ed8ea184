/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What functions that read packets have in common. */
#ifndef SKEP_VERIFIER_FIX_PACKET_H
#define SKEP_VERIFIER_FIX_PACKET_H

#include "fixer.h"

/*
 * The variable that holds the end of the packet at the line that is looked at; where there is none,
 * but a context, `*declared` is a line that makes one. Empty: nothing is known.
 */
struct skep_span skep_packet_end(const struct skep_fixer *fx, const char **declared);

/* A pointer variable that may point into the packet: no context, and from no helper. */
bool skep_packet_pointer(const struct skep_fixer *fx, struct skep_span name,
			 struct skep_cvariable *variable);

#define SKEP_ACCESSES_MOST 4

struct skep_accesses {
	const char *reach[SKEP_ACCESSES_MOST]; /* `ip + 1` */
	struct skep_span name[SKEP_ACCESSES_MOST];
	size_t count;
};

/* fix_access.c: the accesses of [from, end); to elements of one array, the farthest. */
void skep_packet_accesses(const struct skep_fixer *fx, size_t from, size_t end,
			  struct skep_accesses *found);

/* fix_offset.c: a pointer that was moved by a number without bounds; false where it was not. */
bool skep_fix_offset(struct skep_fixer *fx);

#endif
