/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a ring reader is made of. Public side: <skep/ring.h>. */
#ifndef SKEP_STREAM_RING_H
#define SKEP_STREAM_RING_H

#include <stdatomic.h>
#include <sys/types.h>

#include <skep/ring.h>
#include <skep/types.h>

#define SKEP_RING_HEADER 8 /* bytes before each record */

/* When to look into the ring again: what the options say, and how the last looks went. */
struct skep_ring_pace {
	uint64_t nap_ns;
	size_t bytes;       /* look only when so many are there */
	bool spin;          /* never sleeps */
	bool every;         /* the kernel wakes for each record */
	bool asleep;        /* all is published: the kernel wakes for the next record */
	unsigned int empty; /* looks in a row that found nothing */
	uint64_t position;  /* of the cursor at the last rest */
	uint64_t first_ns;  /* when it was put off for want of bytes; 0: it was not */
	uint64_t naps, wakeups;
};

struct skep_ring {
	struct skep_ring_cursor at;
	uint64_t *consumer;       /* shared with the kernel: records before it may be overwritten */
	const uint64_t *producer; /* shared with the kernel */
	uint64_t published;       /* what *consumer was last set to */
	uint64_t end;             /* what *producer was, when last looked at */
	uint64_t first;           /* where it began to read */
	uint64_t held;            /* where `holds`: nothing from here on is published */
	struct skep_perf *perf;   /* where it stands for perf buffers; or NULL */
	bool holds;               /* for a merge (merge.h) */
	bool taken;               /* a merge or a pool has the ring for itself */
	bool any_size;            /* records of every size are right */
	struct skep_ring_pace pace;
	uint64_t bad, skipped, most_pending;
	uint64_t looked_ns;                    /* when it was last seen empty */
	const struct skep_ring_counts *counts; /* in the program's `.data.skep`, or NULL */
	void *counts_page;
	size_t counts_bytes;
	struct skep_ring_tagged *tagged;     /* for rings of several types; or NULL */
	struct skep_ring_programs *programs; /* of its object; or NULL */
	struct {
		skep_loss_fn fn;
		void *ctx;
		struct skep_ring_loss told;
	} loss;
	int fd;
	int epoll_fd;       /* the ring, edge-triggered: made when somebody first waits; -1 */
	int timer_fd;       /* in it, for loops of others; -1 */
	atomic_int stop_fd; /* in it: an eventfd for skep_ring_stop(), which any thread calls; -1 */
	atomic_bool stopped;
	pid_t owner; /* whose reader it is: a child of fork() inherits the mapping */
	char name[64];
	void *consumer_page;
	void *data_pages;
	size_t data_bytes;
};

/* What a reader of tagged records knows of each type. */
struct skep_ring_tagged {
	const struct skep_ring_counts *types; /* by tag, in the program's `.data.skep`, or NULL */
	uint64_t consumed[SKEP_TAGS_MOST];
};

/* --- ring.c --- */

/*
 * One ring of an array of them, named `whole[index]`. What the program counts, it counts for the
 * whole: the first one tells it.
 */
struct skep_ring_shard {
	const struct skep_map *whole;
	uint32_t index;
	int fd;
};

int skep_ring_open_shard(struct skep_ring **out, const struct skep_object *object,
			 const struct skep_ring_shard *shard, const struct skep_ring_type *type,
			 const struct skep_ring_opts *opts);

/* The record type of a map of the object, held against the caller's; -EPROTOTYPE in words. */
int skep_ring_check_type(const struct skep_object *object, const char *name, size_t bytes,
			 const struct skep_ring_opts *opts, struct skep_ring_type *type);

/* --- ring_type.c --- */

/* Maps the counters of a ring of a loaded object; leaves NULL where there are none. */
int skep_ring_find_counts(struct skep_ring *ring, const struct skep_object *object);

/* Those of each type of the tagged ring `name`, by tag; NULL where there are none. */
const struct skep_ring_counts *skep_ring_find_types(struct skep_ring *ring,
						    const struct skep_object *object,
						    const char *name);

/* --- ring_misses.c --- */

/* Remembers which programs of the object use the ring's map. -ENOMEM in words. */
int skep_ring_find_programs(struct skep_ring *ring, const struct skep_object *object,
			    uint32_t map_id);

/* How often the kernel did not run them because they ran already; false when it does not say. */
bool skep_ring_count_misses(const struct skep_ring *ring, uint64_t *misses);

/* --- ring_tagged.c --- */

/* The caller's options, for a reader that leaves sizes to us; -errno in words. */
int skep_tagged_opts(struct skep_ring_opts *own, const struct skep_ring_opts *opts);

/* A reader of any size becomes one of what a union of `bytes` has room for. */
int skep_tagged_make(struct skep_ring *ring, size_t bytes);

/* The same for the ring `name`, whose declaration is held against it; the reader has its counts. */
int skep_tagged_make_of(struct skep_ring *ring, const struct skep_object *object, const char *name,
			size_t bytes);

/* -EINVAL in words unless the reader is for tagged records. */
int skep_tagged_check(const struct skep_ring *ring);

/* Calls the handler of a record that was taken: what it returned, or -EBADMSG in words. */
int skep_tagged_deliver(struct skep_ring *ring, const struct skep_tagged *tagged,
			const void *record, size_t bytes, void *ctx);

/* --- ring_take.c --- */

/* 0 with a record, -EAGAIN (without words) when none is ready, -EBADMSG. */
int skep_ring_take(struct skep_ring *ring, const void **record, size_t *bytes);

/* One go at a ring: what is asked, and how it went. */
struct skep_ring_go {
	unsigned int most; /* records */
	uint64_t until;    /* position from which on nothing is taken */
	unsigned int count;
	uint64_t errors;  /* of this thread, before the last call */
	const bool *stop; /* looked at after each call */
};

/* Calls `fn` for each record. Returns what it returned when that was not 0, or -EBADMSG. */
int skep_ring_deliver(struct skep_ring *ring, skep_record_fn fn, void *ctx,
		      struct skep_ring_go *go);

/* --- ring_next.c --- */

/* How long somebody waits for a record. */
struct skep_ring_patience {
	int timeout_ms;       /* 0: not at all; -1: for ever, or until the deadline */
	uint64_t deadline_ns; /* 0: counted from the first wait */
	bool late;
};

/*
 * After -EAGAIN of skep_ring_take(): 0 to try it again; -EAGAIN, -ETIMEDOUT, -ECANCELED without
 * words, which skep_ring_tell_none() has; or another -errno in words.
 */
int skep_ring_await(struct skep_ring *ring, struct skep_ring_patience *patience);
int skep_ring_tell_none(const struct skep_ring *ring, int err);

/* -EBADF in words: a reader that was never opened, or whose opening failed. */
int skep_ring_fail_none(void);

/* --- ring_pace.c: the protocol of sleeping and waking; tests/model has it for spin --- */

#define SKEP_REST_IDLE UINT64_C(100000000) /* ns: the kernel wakes sooner, if it can */

/* -EINVAL in words for options that mean nothing. */
int skep_ring_pace_set(struct skep_ring *ring, const struct skep_ring_opts *opts);

/* Gives room back to the kernel, and looks how far it has come. */
void skep_ring_publish(struct skep_ring *ring);

/*
 * The ring was found empty: how many ns to leave it alone. 0: look again now. SKEP_REST_IDLE:
 * all is published, and the kernel wakes; longer than that nobody should wait, because a
 * program may write with BPF_RB_NO_WAKEUP.
 */
uint64_t skep_ring_rest(struct skep_ring *ring);

/* The ring was found empty by somebody who does not wait. */
void skep_ring_leave(struct skep_ring *ring);

/* After a rest: whether there are still fewer bytes than were asked for, and how long to wait. */
bool skep_ring_is_early(struct skep_ring *ring, uint64_t *rest_ns);

/* --- ring_wait.c --- */

/* Sleeps for at most `ns`, or until the kernel or skep_ring_stop() wakes; 0 or -errno in words. */
int skep_ring_wait(struct skep_ring *ring, uint64_t ns);

/* For loops of others: the next look is in `ns`; and whether the kernel woke since the last. */
void skep_ring_arm(struct skep_ring *ring, uint64_t ns);
bool skep_ring_take_event(struct skep_ring *ring);

struct epoll_event;
int skep_epoll_wait_ns(int epoll_fd, struct epoll_event *events, int most, uint64_t ns);

/* Whether skep_ring_stop() was called, once for each time. */
bool skep_ring_was_stopped(struct skep_ring *ring);

void skep_ring_close_fds(struct skep_ring *ring);

/* --- ring_stats.c --- */

/* Tells whoever asked for it what was lost since the last time. */
void skep_ring_tell_loss(struct skep_ring *ring);

#endif
