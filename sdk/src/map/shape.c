/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Whether the types that a caller has are those of the map. */
#include "map.h"

#include <errno.h>

#include "base/fail.h"
#include "base/opts.h"

/* Handles of these have a key type that stands for nothing. */
static bool has_keys(enum skep_map_access access)
{
	return access != SKEP_ACCESS_QUEUE && access != SKEP_ACCESS_BLOOM &&
	       access != SKEP_ACCESS_USER_RING && access != SKEP_ACCESS_RING &&
	       access != SKEP_ACCESS_ARENA;
}

static int check_bytes(const struct skep_map *map, const char *what, uint32_t theirs, size_t ours)
{
	if (!ours || ours == theirs)
		return 0;
	return skep_fail_hint(skep_fail(EPROTOTYPE,
					"map '%s': the %s has %u bytes in the kernel, %zu here",
					map->name, what, theirs, ours),
			      "use the same type on both sides, from one shared header");
}

int skep_map_need(const struct skep_map *map, enum skep_map_access access, const char *operation)
{
	const struct skep_map_kind *kind = skep_map_kind(map->type);

	if (kind->access == access)
		return 0;
	return skep_fail_hint(skep_fail(EPROTOTYPE, "map '%s' is a %s: it has no %s", map->name,
					kind->name, operation),
			      "its handle is declared with %s", kind->handle);
}

static int check_access(const struct skep_map *map, enum skep_map_access access)
{
	const struct skep_map_kind *kind = skep_map_kind(map->type);

	if (access == SKEP_ACCESS_ANY || access == kind->access)
		return 0;
	return skep_fail_hint(skep_fail(EPROTOTYPE, "map '%s' is a %s: not what this handle is for",
					map->name, kind->name),
			      "declare the handle with %s", kind->handle);
}

int skep_map_check_shape(const struct skep_map *map, const struct skep_map_shape *shape)
{
	int err;

	if (!shape)
		return 0;
	err = check_access(map, shape->access);
	if (!err && has_keys(shape->access))
		err = check_bytes(map, "key", map->key_bytes, shape->key_bytes);
	return err ? err : check_bytes(map, "value", map->value_bytes, shape->value_bytes);
}
