/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Sized options, looked at from outside of libskep. */
#ifndef SKEP_TESTING_OPTIONS_H
#define SKEP_TESTING_OPTIONS_H
#include <errno.h>

#include <skep/error.h>

/* 0 for NULL and for what this library can honour, as skep_opts_check() in libskep. */
static inline int skep_test_opts_check(const void *opts, size_t known, const char *what)
{
	const unsigned char *bytes = opts;
	size_t sz = opts ? *(const size_t *)opts : 0;

	if (!opts)
		return 0;
	if (sz < sizeof(size_t))
		return skep_error_set(EINVAL, "make options with SKEP_OPTS()",
				      "options of %s: sz is not set", what);
	for (size_t i = known; i < sz; i++)
		if (bytes[i])
			return skep_error_set(E2BIG, "run with the skep it was compiled with",
					      "options of %s have members that this skep does not "
					      "know",
					      what);
	return 0;
}

#endif
