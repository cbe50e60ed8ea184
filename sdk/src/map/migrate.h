/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How an entry of one type becomes one of another. Public side: <skep/map/migrate.h>. */
#ifndef SKEP_MAP_MIGRATE_PRIVATE_H
#define SKEP_MAP_MIGRATE_PRIVATE_H

#include <skep/map/migrate.h>

#include "layout.h"

/* --- migrate_plan.c: what goes where --- */

/* One field's way, or that of equal bytes. Bits, because of bit-fields. */
struct skep_step {
	const struct skep_field *from, *to;
	uint32_t from_byte, to_byte; /* of this element */
	uint32_t elements;           /* copied one by one */
	uint32_t cut;                /* elements of the old array behind them: must be zero */
	bool as_it_is;               /* bytes, without a look at them */
};

struct skep_plan {
	const char *part; /* "key" or "value" */
	struct skep_step *steps;
	size_t count;
	size_t room;
	size_t from_bytes, to_bytes;
};

/* Adds to `report` what becomes of each field. -EPROTOTYPE in words that name a field. */
int skep_plan_make(struct skep_plan *plan, struct skep_migration *report, const char *map,
		   const struct skep_layout *from, const struct skep_layout *to);
void skep_plan_free(struct skep_plan *plan);

/* --- migrate_rename.c --- */

struct skep_renames {
	const struct skep_renamed_field *list;
	size_t count;
};

/* Gives the fields of `from` the names that they have in `to`; in words where that cannot be. */
int skep_plan_rename(const struct skep_renames *all, const char *map, const char *part,
		     struct skep_layout *from, const struct skep_layout *to);

/* --- migrate_copy.c: one key or value --- */

/* -ERANGE in words where a value does not fit. `to` is zero before. */
int skep_plan_run(const struct skep_plan *plan, const char *map, const void *from, void *to);

#endif
