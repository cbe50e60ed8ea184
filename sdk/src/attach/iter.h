/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_ITER_PRIVATE_H
#define SKEP_ATTACH_ITER_PRIVATE_H

struct skep_link;
struct skep_program;

/* For attach.c's table: "iter/task". What goes through a map needs that as an argument. */
int skep_iter_by_section(struct skep_link **out, const struct skep_program *program,
			 const char *target);

#endif
