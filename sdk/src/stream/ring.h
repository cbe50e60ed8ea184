/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a ring reader is made of. Public side: <skep/ring.h>. */
#ifndef SKEP_STREAM_RING_H
#define SKEP_STREAM_RING_H

#include <sys/types.h>

#include <skep/ring.h>
#include <skep/types.h>

struct skep_ring {
	struct skep_ring_cursor at;
	uint64_t *consumer;       /* shared with the kernel: records before it may be overwritten */
	const uint64_t *producer; /* shared with the kernel */
	uint64_t published;       /* what *consumer was last set to */
	uint64_t least, most;     /* bytes a record may have */
	uint64_t bad;
	const struct skep_ring_counts *counts; /* in the program's `.data.skep`, or NULL */
	void *counts_page;
	int fd;
	pid_t owner; /* whose reader it is: a child of fork() inherits the mapping */
	char name[64];
	void *consumer_page;
	void *data_pages;
	size_t data_bytes;
};

/* Maps the counters of ring `name` of a loaded object; leaves NULL where there are none. */
int skep_ring_find_counts(struct skep_ring *ring, const struct skep_object *object,
			  const char *name);

#endif
