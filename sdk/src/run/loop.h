/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a loop is made of. Public side: <skep/loop.h>. */
#ifndef SKEP_RUN_LOOP_H
#define SKEP_RUN_LOOP_H

#include <stdatomic.h>
#include <sys/types.h>

#include <skep/loop.h>
#include <skep/ring.h>

/* Something that the loop waits for. */
struct skep_source {
	struct skep_source *next;
	uint64_t id; /* never used again */
	/* 0, positive to stop, negative to fail; called when `fd` is ready. NULL for rings: they are
	 * all looked into after each wait */
	int (*dispatch)(struct skep_source *source, uint32_t events);
	struct skep_loop *loop;
	int fd;
	bool owns_fd;
	bool removed; /* freed when nobody walks over the sources */
	bool once;    /* removed before its callback is called */
	struct skep_ring *ring;
	bool owns_ring;
	struct skep_bpf_log *log; /* freed with the source, which is its ring's; or NULL */
	union {
		skep_record_fn record;
		skep_timer_fn timer;
		skep_fd_fn fd;
		skep_child_fn child;
	} fn;
	void *ctx;
	void *closure; /* freed with the source; ctx may point to it */
	pid_t pid;
	char name[64]; /* for `handler 'x' returned -N` */
};

/* Work for later. */
struct skep_task {
	struct skep_task *next;
	skep_task_fn fn;
	void *ctx;
};

struct skep_loop {
	struct skep_source *sources;
	struct skep_source *running; /* whose callback is being called */
	unsigned int walkers;        /* calls that walk over the sources, one in another */
	bool has_removed;
	uint64_t last_id;
	uint64_t rest_ns; /* until one of the rings wants to be looked into */
	int epoll_fd;
	int wake_fd; /* an eventfd, for skep_loop_stop() and skep_loop_post() */
	atomic_bool stopped;
	bool has_signals;
	int signal;
	struct skep_task *deferred;         /* the newest first */
	_Atomic(struct skep_task *) posted; /* by any thread, the newest first */
};

/* What is added to the eventfd: stops in the lower half, posts in the upper. */
#define SKEP_WAKE_STOP UINT64_C(1)
#define SKEP_WAKE_POST (UINT64_C(1) << 32)

/* --- sources.c --- */

/* A source that has only `ctx` yet, or NULL, with -ENOMEM in words. */
struct skep_source *skep_source_new(void *ctx);

/* -EBADF in words: a loop that was never made. */
int skep_loop_fail_none(void);

/* The same where there is none, and -EINVAL where a callback is missing; 0 else. */
int skep_loop_check(const struct skep_loop *loop, bool has_fn);

/* Puts a source into the loop; the loop frees it, also on failure. */
int skep_loop_add(struct skep_loop *loop, struct skep_source *source, uint32_t events);
void skep_source_free(struct skep_source *source);

/*
 * Around everything that walks over the sources and calls back: what is removed meanwhile is
 * freed by the last leave.
 */
void skep_loop_enter(struct skep_loop *loop);
void skep_loop_leave(struct skep_loop *loop);

/* Takes a source out; it is freed now or at the last leave. */
void skep_source_remove(struct skep_source *source);

/* Keeps what a callback said about its failure; else says which callback it was. */
int skep_handler_outcome(const char *name, int ret, uint64_t errors_before);

/* --- rings.c --- */

/*
 * A ring that goes with the loop, and a closure of `bytes` bytes, copied, that is passed to fn
 * as its ctx. The loop has the ring on success only.
 */
int skep_loop_own_ring(struct skep_loop *loop, struct skep_ring *ring, skep_record_fn fn,
		       const void *closure, size_t bytes);

struct skep_rings;

/* The same for many, which leaves `rings` without those that the loop has; many.c. */
int skep_loop_own_rings(struct skep_loop *loop, struct skep_rings *rings, skep_record_fn fn,
			const void *closure, size_t bytes);

/*
 * Looks into every ring, each in its turn: 0, or what a callback returned. `*count` is how many
 * records there were; the loop's `rest_ns` how long to wait now.
 */
int skep_loop_look(struct skep_loop *loop, uint64_t *count);

/* --- tasks.c --- */

/* Whether there is work for the end of this round. */
bool skep_loop_has_tasks(struct skep_loop *loop);

/* Does what was there when it was called. Returns as callbacks do; `*count` grows. */
int skep_loop_do_tasks(struct skep_loop *loop, uint64_t *count);

/* Forgets what was not done. */
void skep_loop_drop_tasks(struct skep_loop *loop);

/* --- signals.c --- */

/* SIGINT and SIGTERM write to `fd` until released. One at a time in a process: else -EBUSY. */
int skep_signals_take(int fd);
void skep_signals_release(void);
int skep_signals_caught(void);

#endif
