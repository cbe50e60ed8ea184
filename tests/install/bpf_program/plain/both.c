/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <skep/skep.h>

#include "count-more.skep.h"
#include "count.skep.h"

int main(void)
{
	SKEP_AUTO(count) *count = NULL;
	SKEP_AUTO(count_more) *more = NULL;

	if (count_open(&count, NULL) || count_more_open(&more, NULL))
		return skep_perror("both");
	return 0;
}
