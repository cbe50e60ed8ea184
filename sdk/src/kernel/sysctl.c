/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "facts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

int skep_kernel_sysctl(const char *name, long *value)
{
	char path[256], text[64], *end;
	long number;
	int err;

	if (snprintf(path, sizeof(path), "/proc/sys/%s", name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	for (char *c = path; *c; c++)
		if (*c == '.')
			*c = '/';
	err = skep_kernel_read(path, text, sizeof(text));
	if (err)
		return err;
	number = strtol(text, &end, 10);
	if (end == text)
		return -EINVAL;
	*value = number;
	return 0;
}
