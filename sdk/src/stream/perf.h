/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Perf buffers behind a ring's face. A buffer for each processor is emptied into a ring of this
 * process's own memory, laid out as the kernel lays out one, so that everything that reads a ring
 * reads this too. It costs one copy of each record.
 */
#ifndef SKEP_STREAM_PERF_H
#define SKEP_STREAM_PERF_H

#include "ring.h"

/* Makes the buffers, puts them into the map, and gives the ring its memory. -errno in words. */
int skep_perf_map(struct skep_ring *ring, int map_fd, uint32_t entries,
		  const struct skep_ring_opts *opts);

/* Moves what is in the buffers into the ring, as far as it has room. */
void skep_perf_pump(struct skep_ring *ring);

/* How many records the kernel told to be lost. */
uint64_t skep_perf_lost(const struct skep_ring *ring);

/* Of each processor's buffer; and the most that can be asked for. */
uint64_t skep_perf_bytes(const struct skep_ring *ring);
uint64_t skep_perf_bytes_most(void);

/* `mine`: takes the buffers out of the map too. */
void skep_perf_free(struct skep_perf *perf, bool mine);

#endif
