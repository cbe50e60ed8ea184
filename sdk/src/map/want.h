/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What calls ask of the handle that they are given, before they use it. */
#ifndef SKEP_MAP_WANT_H
#define SKEP_MAP_WANT_H

#include <errno.h>

#include "base/fail.h"
#include "map.h"

/* -EBADF where there is no map, -EPROTOTYPE where it is of another kind; in words. */
static inline int skep_map_want(const struct skep_map *map, enum skep_map_access access,
				const char *operation)
{
	int err = skep_map_need_open(map);

	return err ? err : skep_map_need(map, access, operation);
}

#endif
