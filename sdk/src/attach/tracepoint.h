/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_TRACEPOINT_PRIVATE_H
#define SKEP_ATTACH_TRACEPOINT_PRIVATE_H

#include <skep/base.h>

struct skep_link;
struct skep_program;

/* The number of "category/name" for perf_event_open(); -errno in words. */
int skep_tracepoint_find(const struct skep_program *program, const char *tracepoint, uint64_t *id);

/* For attach.c's table: "tp/category/name". */
int skep_tracepoint_by_section(struct skep_link **out, const struct skep_program *program,
			       const char *target);

#endif
