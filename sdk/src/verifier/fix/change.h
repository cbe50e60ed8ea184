/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Changes of a source file, by position; as edits of lines, and as a unified diff. */
#ifndef SKEP_VERIFIER_CHANGE_H
#define SKEP_VERIFIER_CHANGE_H

#include <skep/verifier.h>

#include "verifier/text/arena.h"
#include "verifier/c/c_text.h"

#define SKEP_CHANGES_MOST 64

struct skep_change {
	size_t at, removed;
	const char *text;
};

struct skep_changes {
	struct skep_change at[SKEP_CHANGES_MOST];
	size_t count;
	bool failed; /* too many, or one that cannot be made */
};

/* At the same position, what is added first comes first. Text is borrowed. */
void skep_changes_add(struct skep_changes *changes, size_t at, size_t removed, const char *text);

/* As edits of whole lines, in their order. False when there are none, or they overlap. */
bool skep_changes_place(struct skep_changes *changes, const struct skep_ctext *c, const char *file,
			struct skep_arena *arena, struct skep_fix *fix);

/* diff.c: edits as a unified diff of `name`, with three lines around; NULL without memory. */
const char *skep_edits_diff(const struct skep_edit *edits, size_t count, const struct skep_ctext *c,
			    const char *name, struct skep_arena *arena);

#endif
