/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How an entry of one type becomes one of another. Public side: <skep/map/migrate.h>. */
#ifndef SKEP_MAP_MIGRATE_PRIVATE_H
#define SKEP_MAP_MIGRATE_PRIVATE_H

#include <skep/map/migrate.h>

#include "layout.h"

/* --- migrate.c --- */

/* skep_map_migrate() between two maps that are open: nothing is pinned, `from` stays as it is. */
int skep_map_migrate_open(const struct skep_map *from, const struct skep_map *to,
			  const struct skep_map_migrate_opts *opts, struct skep_migration **report);

/* --- migrate_plan.c: what goes where --- */

/* One field's way, or that of equal bytes. Bits, because of bit-fields. */
struct skep_step {
	const struct skep_field *from, *to;
	uint32_t from_byte, to_byte; /* of this element */
	uint32_t elements;           /* copied one by one */
	uint32_t cut;                /* elements of the old array behind them: must be zero */
	bool as_it_is;               /* bytes, without a look at them */
};

struct skep_copying {
	const char *part; /* "key" or "value" */
	struct skep_step *steps;
	size_t count;
	size_t room;
	size_t from_bytes, to_bytes;
};

/* Adds to `report` what becomes of each field. -EPROTOTYPE in words that name a field. */
int skep_copying_make(struct skep_copying *plan, struct skep_migration *report, const char *map,
		      const struct skep_layout *from, const struct skep_layout *to);
void skep_copying_free(struct skep_copying *plan);

/* --- migrate_rename.c --- */

struct skep_renames {
	const struct skep_renamed_field *list;
	size_t count;
};

/* Gives the fields of `from` the names that they have in `to`; in words where that cannot be. */
int skep_copying_rename(const struct skep_renames *all, const char *map, const char *part,
			struct skep_layout *from, const struct skep_layout *to);

/* --- migrate_copy.c: one key or value --- */

/* -ERANGE in words where a value does not fit. `to` is zero before. */
int skep_copying_run(const struct skep_copying *plan, const char *map, const void *from, void *to);

#endif
