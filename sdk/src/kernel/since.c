/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "since.h"

#include <string.h>

static const struct skep_since rows[] = {
#include "since-table.h"
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct skep_since *skep_kernel_since_rows(size_t *count)
{
	*count = COUNT(rows);
	return rows;
}

const struct skep_since *skep_kernel_since_number(enum skep_since_kind kind, int number)
{
	for (size_t i = 0; number >= 0 && i < COUNT(rows); i++)
		if (rows[i].kind == kind && rows[i].number == number)
			return &rows[i];
	return NULL;
}

const struct skep_since *skep_kernel_since_name(enum skep_since_kind kind, const char *name)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].kind == kind && !strcmp(rows[i].name, name))
			return &rows[i];
	return NULL;
}

uint32_t skep_kernel_since(const char *name)
{
	for (size_t i = 0; name && i < COUNT(rows); i++)
		if (!strcmp(rows[i].name, name))
			return rows[i].version;
	return 0;
}
