/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What a merge is made of. Public side: <skep/merge.h>.
 *
 * Each ring has a lane: the records that were taken from it and wait, by time. A heap has the
 * lanes, the one with the oldest record first.
 */
#ifndef SKEP_STREAM_MERGE_H
#define SKEP_STREAM_MERGE_H

#include <skep/merge.h>

#include "rings.h"

/* A record that waits where it was written. */
struct skep_waiting {
	uint64_t time;
	uint64_t position; /* in its ring */
	uint64_t keep;     /* the lowest position of this and those after it in the lane */
};

struct skep_lane {
	struct skep_ring *ring;
	struct skep_waiting *waiting; /* a circle of `room`, a power of two */
	uint32_t first, count, room;
	uint64_t newest; /* time that was taken from the ring */
	bool full;       /* more is in the ring than may wait */
};

struct skep_merge {
	struct skep_rings *rings;
	uint64_t max_delay_ns;
	clockid_t clock;
	size_t offset;
	skep_time_fn time;
	void *ctx;
	uint64_t bound; /* records up to this time go without another look at the rings */
	uint64_t due;   /* up to this time they are old enough */
	uint64_t last;  /* time that was delivered */
	bool out;       /* the record of the first lane is with the caller */
	bool flushing;
	unsigned int current;
	uint64_t delivered, late, hurried;
	unsigned int lane_count, heap_count;
	unsigned int *heap; /* lanes that are not empty */
	struct skep_lane *lanes;
};

static inline struct skep_waiting *skep_lane_at(const struct skep_lane *lane, uint32_t i)
{
	return &lane->waiting[(lane->first + i) & (lane->room - 1)];
}

/* --- merge_lane.c --- */

/* Takes what is in all rings, as far as it may wait. -EBADMSG, -ENOMEM in words. */
int skep_merge_look(struct skep_merge *merge);

/* The oldest record has gone: its ring may have the room back. */
void skep_merge_release(struct skep_merge *merge);

/* Puts back into the rings what was not delivered. */
void skep_merge_put_back(struct skep_merge *merge);

/* The clock of the records' times, in ns. */
uint64_t skep_merge_now(const struct skep_merge *merge);

#endif
