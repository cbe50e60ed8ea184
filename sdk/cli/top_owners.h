/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Whose a program is. */
#ifndef SKEP_CLI_TOP_OWNERS_H
#define SKEP_CLI_TOP_OWNERS_H

#include "top.h"

#define TOP_OWNERS_MOST 64

struct top_owners {
	struct top_owner {
		pid_t pid;
		bool has[3]; /* by enum top_kind */
	} all[TOP_OWNERS_MOST];
	size_t count;
	const char *pin; /* of the program, or one of its links; or NULL; borrowed */
};

/* Those who have the program or a link first, then those who have its maps only. */
void top_find_owners(const struct top *top, const struct top_program *program,
		     struct top_owners *owners);

/* Puts words for them into `program->owner`. */
void top_say_owner(const struct top *top, struct top_program *program);

#endif
