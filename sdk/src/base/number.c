/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <skep/number.h>

#include "base/fail.h"

/* false: it is none. What is too large is the largest. */
static bool read_number(const char *text, uint64_t *value)
{
	char *end;

	/* strtoull() takes signs and spaces too. */
	if (*text < '0' || *text > '9')
		return false;
	*value = strtoull(text, &end, 0);
	return !*end;
}

/* false: of no size that integers have, or too small. */
static bool store(uint64_t value, uint64_t most, void *out, size_t bytes)
{
	if ((bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8) ||
	    (bytes < 8 && most >> (8 * bytes)))
		return false;
	if (bytes == 1)
		*(uint8_t *)out = (uint8_t)value;
	else if (bytes == 2)
		*(uint16_t *)out = (uint16_t)value;
	else if (bytes == 4)
		*(uint32_t *)out = (uint32_t)value;
	else
		*(uint64_t *)out = value;
	return true;
}

int skep_number_raw(const char *text, uint64_t least, uint64_t most, void *out, size_t bytes)
{
	uint64_t value = 0;

	if (!text)
		return 0;
	if (!read_number(text, &value))
		return skep_fail_hint(skep_fail(EINVAL, "'%s' is not a number", text),
				      "give one from %" PRIu64 " to %" PRIu64, least, most);
	if (value < least || value > most)
		return skep_fail(ERANGE, "'%s' is not a number from %" PRIu64 " to %" PRIu64, text,
				 least, most);
	if (!out || !store(value, most, out, bytes))
		return skep_fail(EINVAL, "skep_number(): %zu bytes cannot hold %" PRIu64, bytes,
				 most);
	return 0;
}
