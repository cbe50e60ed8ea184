/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Numbers that events are opened for. */
#ifndef SKEP_ATTACH_PERF_EVENT_PRIVATE_H
#define SKEP_ATTACH_PERF_EVENT_PRIVATE_H

#include <stddef.h>

struct skep_numbers {
	size_t count, room;
	int *list;
};
void skep_numbers_free(struct skep_numbers *numbers);

/* Processors that are online. 0 or -errno, without words. */
int skep_numbers_cpus(struct skep_numbers *numbers);

/* The threads of a process; -ESRCH: it is not there. */
int skep_numbers_threads(struct skep_numbers *numbers, int pid);

#endif
