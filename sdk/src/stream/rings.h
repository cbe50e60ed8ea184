/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What readers of many rings are made of. Public side: <skep/rings.h>. */
#ifndef SKEP_STREAM_RINGS_H
#define SKEP_STREAM_RINGS_H

#include <stdatomic.h>

#include <skep/rings.h>

#include "ring.h"

struct skep_rings {
	struct skep_ring **all;
	bool *early; /* of each: fewer bytes than were asked for; not looked into */
	bool any_early;
	unsigned int count;
	bool owned;         /* the readers go with it */
	unsigned int at;    /* whose turn it is: the record that was taken last is its */
	unsigned int left;  /* records until the next one's turn */
	int epoll_fd;       /* the rings, edge-triggered: made when somebody first waits; -1 */
	atomic_int stop_fd; /* in it: an eventfd; -1 */
	int outer_fd;       /* an epoll of each ring's skep_ring_fd(), for loops of others; -1 */
	atomic_bool stopped;
};

/* --- rings.c --- */

/* As skep_rings_open_raw(), but only the readers, in memory of the caller's. */
int skep_rings_make(struct skep_rings **out, unsigned int count, bool owned);

/* 0 with a record, -EAGAIN (without words) when none is ready, -EBADMSG. */
int skep_rings_take(struct skep_rings *rings, const void **record, size_t *bytes);

/* Adds a ring's numbers to those of others; gives them to a caller whose struct has `sz` bytes. */
void skep_ring_stats_add(struct skep_ring_stats *all, const struct skep_ring *ring);
void skep_ring_stats_give(const struct skep_ring_stats *all, struct skep_ring_stats *stats,
			  size_t sz);

/* -EBUSY in words: a merge or a pool has the ring. */
int skep_rings_fail_taken(const struct skep_ring *ring);

/* --- rings_wait.c --- */

/*
 * After -EAGAIN of skep_rings_take(): 0 to try it again; -EAGAIN, -ETIMEDOUT, -ECANCELED without
 * words, which skep_rings_tell_none() has; or another -errno in words.
 */
int skep_rings_await(struct skep_rings *rings, struct skep_ring_patience *patience);
int skep_rings_tell_none(const struct skep_rings *rings, int err);

/* Asks each ring how long to leave it alone: the shortest. */
uint64_t skep_rings_rest(struct skep_rings *rings);

/* Sleeps for at most `ns`, or until the kernel or a stop wakes; 0 or -errno in words. */
int skep_rings_sleep(struct skep_rings *rings, uint64_t ns);

/* Whether it was stopped, once for each time. */
bool skep_rings_was_stopped(struct skep_rings *rings);

/* What wakes for a stop is there from now on: for those that are stopped by other threads. */
int skep_rings_prepare(struct skep_rings *rings);

void skep_rings_close_fds(struct skep_rings *rings);

#endif
