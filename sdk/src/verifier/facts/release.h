/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What takes back what an acquiring function gave. */
#ifndef SKEP_VERIFIER_RELEASE_H
#define SKEP_VERIFIER_RELEASE_H

#include "verifier/text/arena.h"
#include "verifier/story/path.h"

/* `bpf_ringbuf_discard(e, 0);` for bpf_ringbuf_reserve and `e`; empty where it is not known. */
const char *skep_release_code(struct skep_arena *arena, struct skep_span acquire,
			      struct skep_span variable);

/* Whether a function takes something that has to be given back, or gives it back. */
bool skep_release_begins(struct skep_span call);
bool skep_release_ends(struct skep_span call);

/* Which argument holds what is acquired, where it is not what the function returns. */
int skep_release_argument(struct skep_span acquire);

/* The last call before `step` that acquires something; SIZE_MAX when there is none. */
size_t skep_release_find_acquire(const struct skep_path *path, size_t step);

#endif
