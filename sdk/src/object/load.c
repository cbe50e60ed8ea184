/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "base/fail.h"
#include "object.h"

#define SMALLEST_RING 4096

/* libbpf would round a ring's size up by itself; then nobody knows how large it is. */
static int check_ring_bytes(const char *name, uint32_t bytes)
{
	if (bytes >= SMALLEST_RING && !(bytes & (bytes - 1)))
		return 0;
	return skep_fail_hint(skep_fail(EINVAL,
					"ring '%s' has %u bytes: not a power of two of at least %u",
					name, bytes, SMALLEST_RING),
			      "use a size such as 4096, 65536 or 1 << 20");
}

static int check_sizes(const struct skep_object *object)
{
	for (size_t i = 0; i < object->map_count; i++) {
		const struct skep_map *map = &object->maps[i];
		int err = 0;

		if (map->type == BPF_MAP_TYPE_RINGBUF)
			err = check_ring_bytes(map->name, bpf_map__max_entries(map->map));
		if (err)
			return err;
	}
	return 0;
}

int skep_object_resize(struct skep_object *object, const char *map, uint32_t entries)
{
	struct skep_map *found;
	int err = skep_object_find_map(object, map, &found);

	if (err)
		return err;
	if (object->state != OBJECT_OPEN)
		return skep_fail_hint(skep_fail(EBUSY, "map '%s' is loaded: its size is fixed", map),
				      "resize between open and load");
	if (found->type == BPF_MAP_TYPE_RINGBUF)
		err = check_ring_bytes(map, entries);
	else if (!entries)
		err = skep_fail(EINVAL, "map '%s' cannot have 0 entries", map);
	if (err)
		return err;
	err = bpf_map__set_max_entries(found->map, entries);
	if (err)
		return skep_fail(err, "cannot resize map '%s': %s", map, strerror(-err));
	found->entries = entries;
	return 0;
}

static int check_state(const struct skep_object *object)
{
	const char *name = skep_object_name(object);

	if (object->state == OBJECT_LOADED)
		return skep_fail(EALREADY, "object '%s' is loaded already", name);
	if (object->state == OBJECT_REFUSED)
		return skep_fail_hint(skep_fail(EALREADY, "object '%s' was refused before", name),
				      "free it and open it again");
	return 0;
}

int skep_object_load(struct skep_object *object)
{
	SKEP_CAPTURE(said);
	int err = check_state(object);

	if (!err)
		err = check_sizes(object);
	if (err)
		return err;
	err = bpf_object__load(object->obj);
	if (err) {
		object->state = OBJECT_REFUSED;
		return skep_object_explain_load(object, err, &said);
	}
	object->state = OBJECT_LOADED;
	for (size_t i = 0; i < object->map_count; i++)
		skep_map_describe(&object->maps[i], object->maps[i].map);
	return 0;
}
