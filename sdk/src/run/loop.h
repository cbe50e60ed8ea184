/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a loop is made of. Public side: <skep/loop.h>. */
#ifndef SKEP_RUN_LOOP_H
#define SKEP_RUN_LOOP_H

#include <stdatomic.h>

#include <skep/loop.h>
#include <skep/ring.h>

/* Something that the loop waits for. */
struct skep_source {
	struct skep_source *next;
	/* 0, positive to stop, negative to fail; called when `fd` is ready. NULL for rings: they are
	 * all looked into after each wait */
	int (*dispatch)(struct skep_source *source, uint32_t events);
	int fd;
	bool owns_fd;
	struct skep_ring *ring;
	bool owns_ring;
	union {
		skep_record_fn record;
		skep_timer_fn timer;
		skep_fd_fn fd;
	} fn;
	void *ctx;
	void *closure; /* freed with the source; ctx may point to it */
	char name[64]; /* for `handler 'x' returned -N` */
};

struct skep_loop {
	struct skep_source *sources;
	uint64_t rest_ns; /* until one of the rings wants to be looked into */
	int epoll_fd;
	int wake_fd; /* an eventfd, for skep_loop_stop() */
	atomic_bool stopped;
	bool has_signals;
	int signal;
};

/* Puts a source into the loop; the loop frees it, also on failure. */
int skep_loop_add(struct skep_loop *loop, struct skep_source *source, uint32_t events);
void skep_source_free(struct skep_source *source);

/*
 * A ring that goes with the loop, and a closure of `bytes` bytes, copied, that is passed to fn
 * as its ctx. The loop has the ring on success only.
 */
int skep_loop_own_ring(struct skep_loop *loop, struct skep_ring *ring, skep_record_fn fn,
		       const void *closure, size_t bytes);

/*
 * Looks into every ring, each in its turn: 0, or what a callback returned. `*count` is how many
 * records there were; the loop's `rest_ns` how long to wait now.
 */
int skep_loop_look(struct skep_loop *loop, uint64_t *count);

/* SIGINT and SIGTERM write to `fd` until released. One at a time in a process: else -EBUSY. */
int skep_signals_take(int fd);
void skep_signals_release(void);
int skep_signals_caught(void);

#endif
