/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_LOOP_PROGRESS_H
#define SKEP_LOOP_PROGRESS_H
/**
 * @file loop/progress.h
 * A progress line for long work: a few times a second, and only where somebody sits before a
 * terminal. Part of loop.h. The library prints nothing: you do, when you are called.
 *
 * @code{.c}
 * static void show(const struct skep_progress_now *now, void *ctx)
 * {
 *         fprintf(stderr, "\r%llu of %llu%s", (unsigned long long)now->done,
 *                 (unsigned long long)now->total, now->ended ? "\n" : "");
 * }
 *
 * SKEP_AUTO(skep_progress) *progress = NULL;
 *
 * if (skep_progress_new(&progress, show, NULL, SKEP_OPTS(skep_progress_opts, .total = 1000000)))
 *         return skep_perror("progress");
 * for (uint64_t i = 0; i < 1000000; i++)
 *         skep_progress_set(progress, i);                  // a clock is read, some 30 ns
 * skep_progress_end(progress);
 * @endcode
 */
#include <skep/base.h>

SKEP_BEGIN_DECLS

/** How far some work is. One thread at a time. */
struct skep_progress;

/** What there is to show. */
struct skep_progress_now {
	uint64_t done;       /**< as it was set last */
	uint64_t total;      /**< as the options say; 0: not known */
	uint64_t elapsed_ns; /**< since skep_progress_new() */
	uint64_t left_ns;    /**< at this pace; 0: not known */
	double per_second;   /**< of `done`, since the last call */
	bool ended;          /**< the last call */
};

/** Called when it is time to show something. */
typedef void (*skep_progress_fn)(const struct skep_progress_now *now, void *ctx);

/** How to show progress. */
struct skep_progress_opts {
	size_t sz;               /**< set by SKEP_OPTS() */
	uint64_t total;          /**< when it will be done; 0: not known */
	unsigned int per_second; /**< at most so many calls a second; 0: 10 */
	int fd;                  /**< call only when this is a terminal; 0: standard error */
	bool always;             /**< call also when it is none */
};

/**
 * Begins.
 *
 * @param[out] out  the progress
 * @param      fn   called when it is time to show something
 * @param      ctx  passed to it
 * @param      opts or NULL
 * @return 0 or a negative errno
 * @err{EINVAL, no callback, or more than 1000 calls a second}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_progress_free()}
 */
SKEP_API SKEP_MUST_USE int skep_progress_new(struct skep_progress **out, skep_progress_fn fn,
					     void *ctx, const struct skep_progress_opts *opts);

/**
 * Says how far the work is, and calls back when that is due: not in the first interval, so that
 * short work shows nothing.
 *
 * @param progress the progress; NULL is fine, and shows nothing
 * @param done     of the total; may go back
 */
SKEP_API void skep_progress_set(struct skep_progress *progress, uint64_t done);

/**
 * Ends: calls back for the last time, if it ever did. What is set afterwards is not shown.
 *
 * @param progress the progress; NULL is fine
 */
SKEP_API void skep_progress_end(struct skep_progress *progress);

/**
 * Frees it, without a call. NULL is fine.
 *
 * @param progress the progress
 */
SKEP_API void skep_progress_free(struct skep_progress *progress);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_progress);

#endif
