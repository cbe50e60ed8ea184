/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How the library fails: `return skep_fail(EINVAL, "...")`. Public side: <skep/error.h>. */
#ifndef SKEP_BASE_FAIL_H
#define SKEP_BASE_FAIL_H

#include <skep/error.h>

/*
 * Records a failure without hint or log; returns -code. `code` may have either sign, and may
 * be one of libbpf's private codes or the kernel's 524: they become standard ones.
 */
int skep_fail(int code, const char *format, ...) SKEP_PRINTF(2, 3);

/* Adds a hint to the failure that was just recorded; returns ret. */
int skep_fail_hint(int ret, const char *format, ...) SKEP_PRINTF(2, 3);

/* Adds a log (malloc'ed, owned by the error from now on; NULL is fine); returns ret. */
int skep_fail_log(int ret, char *log);

/*
 * The hot path's way: stores pointers and at most 31 bytes of `name`; the text is made from
 * `format` (static, one %s for the name) when somebody reads it. Returns -code.
 */
int skep_fail_quick(int code, const char *format, const char *name);

/* A standard negative errno for whatever libbpf or the kernel returned. */
int skep_errno_standard(int code);

/* Counts this thread's failures: tells whether a callback has set an error of its own. */
uint64_t skep_error_count(void);
const uint64_t *skep_error_counter(void); /* of this thread, to be read as it goes on */

/*
 * Inside a destructor: failures are not recorded, and errno is kept, until the scope ends.
 *
 *	void skep_x_free(struct skep_x *x)
 *	{
 *		SKEP_KEEP_ERROR;
 */
#define SKEP_KEEP_ERROR                                                                            \
	__attribute__((cleanup(skep_error_release), unused)) int skep_kept_ = skep_error_hold()
int skep_error_hold(void);
void skep_error_release(int *saved_errno);

#endif
