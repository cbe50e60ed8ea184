/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Which mainline kernel brought what: since.tsv, as a table. */
#ifndef SKEP_KERNEL_SINCE_H
#define SKEP_KERNEL_SINCE_H

#include <skep/kernel.h>

enum skep_since_kind {
	SKEP_SINCE_PROG,
	SKEP_SINCE_MAP,
	SKEP_SINCE_LINK,
	SKEP_SINCE_ATTACH,
	SKEP_SINCE_HELPER,
	SKEP_SINCE_FEATURE,
};

struct skep_since {
	enum skep_since_kind kind;
	const char *name;
	int number; /* the kernel's enum; -1: none */
	uint32_t version;
	const char *source;
};

/* NULL when the table does not have it. */
const struct skep_since *skep_kernel_since_number(enum skep_since_kind kind, int number);
const struct skep_since *skep_kernel_since_name(enum skep_since_kind kind, const char *name);

/* All rows, for tests and documentation. */
const struct skep_since *skep_kernel_since_rows(size_t *count);

#endif
