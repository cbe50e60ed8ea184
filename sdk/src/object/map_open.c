/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A map of an object, as a handle of its own. */
#include "object.h"

#include "base/cleanup.h"

int skep_map_open_raw(struct skep_map **out, const struct skep_object *object, const char *name,
		      const struct skep_map_shape *shape)
{
	struct skep_map *found;
	AUTO_CLOSE int fd = -1;
	int err = skep_object_need_loaded(object);

	if (!err)
		err = skep_object_find_map(object, name, &found);
	if (!err)
		err = skep_map_check_shape(found, shape);
	if (err)
		return err;
	fd = skep_map_duplicate_fd(found->fd);
	return fd < 0 ? fd : skep_map_make(out, found, &fd);
}
