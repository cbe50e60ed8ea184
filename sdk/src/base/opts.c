/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "opts.h"

#include <errno.h>

#include "fail.h"

int skep_opts_check(const void *opts, size_t known, const char *type)
{
	const unsigned char *bytes = opts;
	size_t size;

	if (!opts)
		return 0;
	size = *(const size_t *)opts;
	if (size < sizeof(size_t))
		return skep_fail_hint(skep_fail(EINVAL, "%s: sz is not set", type),
				      "make options with SKEP_OPTS()");
	for (size_t i = known; i < size; i++)
		if (bytes[i])
			return skep_fail_hint(skep_fail(E2BIG,
							"%s: options of %zu bytes have members "
							"that this skep (%zu bytes) does not know",
							type, size, known),
					      "run with the skep it was compiled with, or a newer "
					      "one");
	return 0;
}
