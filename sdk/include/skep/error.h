/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ERROR_H
#define SKEP_ERROR_H
/**
 * @file error.h
 * What went wrong, in words, and what to do about it on this machine.
 *
 * Every call of skep that can fail returns 0 or a negative errno. The words are kept per
 * thread, and are valid until this thread's next failing call:
 *
 * @code{.c}
 * if (skep_object_load(object)) {
 *         const struct skep_error *e = skep_error_last();
 *
 *         fprintf(stderr, "%s (%s)\n", e->message, e->hint ? e->hint : "no hint");
 *         return 1;
 * }
 * @endcode
 *
 * A success never clears it, and freeing things never changes it. Calls on a hot path
 * (ENOENT, EEXIST, E2BIG, EAGAIN and ETIMEDOUT on maps and rings) only note a code and a
 * place; their text is made when it is read.
 */
#include <skep/base.h>

SKEP_BEGIN_DECLS

/** The last failure of a thread. Members are only ever added, at the end. */
struct skep_error {
	int code;            /**< a positive errno, 0 when nothing has failed yet */
	const char *message; /**< one line: what was expected, what was found; never NULL */
	const char *hint;    /**< one line: what to do on this machine; or NULL */
	const char *log;     /**< the verifier's log, where there is one; or NULL */
};

/**
 * The last failure of this thread.
 *
 * @return never NULL; `code` is 0 and `message` empty when nothing has failed.
 *         Borrowed: valid until this thread's next failing call of skep.
 * @threads{any; each thread has its own}
 */
SKEP_API const struct skep_error *skep_error_last(void);

/**
 * Takes a copy of this thread's last failure that stays valid, for instance to hand it to
 * another thread.
 *
 * @param[out] out the copy
 * @return 0 or a negative errno
 * @err{ENOMEM, no memory for the copy: `out` is untouched}
 * @ownership{the caller frees it with skep_error_free()}
 * @threads{any}
 */
SKEP_API SKEP_MUST_USE int skep_error_copy(struct skep_error **out);

/**
 * Frees a copy made by skep_error_copy(). NULL is fine.
 *
 * @param error the copy
 */
SKEP_API void skep_error_free(struct skep_error *error);

/**
 * Records a failure of your own, so that callbacks can fail with words:
 * `return skep_error_set(ERANGE, NULL, "port %d is not in the table", port);`
 *
 * @param code   an errno, positive or negative
 * @param hint   one line, copied; or NULL
 * @param format like printf()
 * @return -code (always negative)
 * @threads{any; sets this thread's}
 */
SKEP_API int skep_error_set(int code, const char *hint, const char *format, ...) SKEP_PRINTF(3, 4);

/**
 * Prints the last failure to standard error, for use in `main`:
 * `what: message`, then the hint and the end of the verifier's log, where there are such.
 *
 * @param what printed first; or NULL
 * @return 1, so that `return skep_perror("load");` ends main
 */
SKEP_API int skep_perror(const char *what);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_error);

#endif
