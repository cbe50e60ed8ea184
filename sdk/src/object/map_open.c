/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A map of an object, as a handle of its own. */
#include "object.h"

#include <errno.h>

#include "base/cleanup.h"
#include "base/fail.h"

int skep_map_open_raw(struct skep_map **out, const struct skep_object *object, const char *name,
		      const struct skep_map_shape *shape)
{
	struct skep_map *found;
	AUTO_CLOSE int fd = -1;
	int err;

	if (!object || !name)
		return skep_fail(EINVAL, "there is no %s to open a map of",
				 object ? "name" : "object");
	err = skep_object_need_loaded(object);
	if (!err)
		err = skep_object_find_map(object, name, &found);
	if (!err)
		err = skep_map_check_shape_by(found, shape, bpf_object__btf(object->obj));
	if (err)
		return err;
	fd = skep_map_duplicate_fd(found->fd);
	return fd < 0 ? fd : skep_map_make(out, found, &fd);
}
