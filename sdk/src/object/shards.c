/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Rings in an array of maps (bpf/rings.h): found in the object's BTF, made when it is loaded. What
 * tells them from other arrays of maps: the inner type is a ring's, and the array's own `type`
 * points to records, not to inner maps.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/bpf.h>

#include <skep/map/create.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "object.h"

#define PER_CPU 8192 /* SKEP_RINGS_PER_CPU_ */

static const struct btf_type *resolve(const struct btf *btf, uint32_t *id)
{
	int resolved = btf__resolve_type(btf, *id);

	if (resolved <= 0)
		return NULL;
	*id = (uint32_t)resolved;
	return btf__type_by_id(btf, *id);
}

/* The type of a map's member: of its array, for those that are `VALUE (*name)[NUMBER]`. */
static const struct btf_array *member_array(const struct btf *btf, const struct btf_type *def,
					    const char *name)
{
	const struct btf_member *m = btf_members(def);

	for (uint32_t i = 0; i < btf_vlen(def); i++, m++) {
		const struct btf_type *type;
		uint32_t id = m->type;

		if (strcmp(btf__name_by_offset(btf, m->name_off), name))
			continue;
		type = resolve(btf, &id);
		if (type && btf_is_ptr(type)) {
			id = type->type;
			type = resolve(btf, &id);
		}
		return type && btf_is_array(type) ? btf_array(type) : NULL;
	}
	return NULL;
}

static const struct btf_type *find_definition(const struct btf *btf, const char *name)
{
	int32_t section_id = btf__find_by_name_kind(btf, ".maps", BTF_KIND_DATASEC);
	const struct btf_type *section =
		section_id > 0 ? btf__type_by_id(btf, (uint32_t)section_id) : NULL;
	const struct btf_var_secinfo *info = section ? btf_var_secinfos(section) : NULL;

	for (uint32_t i = 0; section && i < btf_vlen(section); i++, info++) {
		const struct btf_type *type = btf__type_by_id(btf, info->type);
		uint32_t id = info->type;

		if (strcmp(btf__name_by_offset(btf, type->name_off), name))
			continue;
		type = resolve(btf, &id);
		return type && btf_is_struct(type) ? type : NULL;
	}
	return NULL;
}

/* How many bytes the inner rings have; 0: the map is no array of rings of ours. */
static uint32_t declared_bytes(const struct btf *btf, const struct skep_map *map)
{
	const struct btf_type *def, *type;
	const struct btf_array *values, *kind, *bytes, *record;
	uint32_t id, record_id;

	if (map->type != BPF_MAP_TYPE_ARRAY_OF_MAPS)
		return 0;
	def = find_definition(btf, map->name);
	values = def ? member_array(btf, def, "values") : NULL;
	record = def ? member_array(btf, def, "type") : NULL;
	if (!values || !record)
		return 0;
	id = values->type;
	type = resolve(btf, &id);
	if (!type || !btf_is_ptr(type))
		return 0;
	id = type->type;
	type = resolve(btf, &id);
	if (!type || !btf_is_struct(type))
		return 0;
	kind = member_array(btf, type, "type");
	bytes = member_array(btf, type, "max_entries");
	if (!kind || !bytes || kind->nelems != BPF_MAP_TYPE_RINGBUF)
		return 0;
	record_id = record->type;
	type = resolve(btf, &record_id);
	if (!type || record_id == id ||
	    (btf_is_int(type) && !strcmp(btf__name_by_offset(btf, type->name_off), "int")))
		return 0;
	return bytes->nelems;
}

static int add(struct skep_object *object, struct bpf_map *map, uint32_t bytes)
{
	struct skep_shards *more =
		realloc(object->shards, (object->shards_count + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	object->shards = more;
	more[object->shards_count++] = (struct skep_shards){ .map = map, .bytes = bytes };
	return 0;
}

static int processors(void)
{
	int count = libbpf_num_possible_cpus();

	return count > 0 ? count : skep_fail(count, "cannot tell how many processors there are");
}

int skep_object_count_shards(const struct skep_map *map)
{
	uint32_t entries = bpf_map__max_entries(map->map);

	/* Another loader leaves it as large as it was declared. */
	return entries == PER_CPU ? processors() : (int)entries;
}

int skep_object_list_shards(struct skep_object *object)
{
	const struct btf *btf = bpf_object__btf(object->obj);

	for (size_t i = 0; btf && i < object->map_count; i++) {
		struct skep_map *map = &object->maps[i];
		uint32_t bytes = declared_bytes(btf, map);
		int count;

		if (bytes && add(object, map->map, bytes))
			return skep_fail(ENOMEM, "no memory for an object");
		if (!bytes || map->fd >= 0 || map->entries != PER_CPU)
			continue;
		count = processors();
		if (count < 0)
			return count;
		if (!bpf_map__set_max_entries(map->map, (uint32_t)count))
			map->entries = (uint32_t)count;
	}
	return 0;
}

struct skep_shards *skep_object_shards(const struct skep_object *object, const struct skep_map *map)
{
	for (size_t i = 0; i < object->shards_count; i++)
		if (object->shards[i].map == map->map)
			return &object->shards[i];
	return NULL;
}

static void close_all(struct skep_shards *shards)
{
	while (shards->count)
		close(shards->fds[--shards->count]);
}

void skep_object_free_shards(struct skep_object *object)
{
	for (size_t i = 0; i < object->shards_count; i++) {
		close_all(&object->shards[i]);
		free(object->shards[i].fds);
	}
	free(object->shards);
}

/* A ring that is there already: put in by another loader, or before the array was pinned. */
static int find_one(const struct skep_map *map, uint32_t i)
{
	uint32_t id;
	int fd;

	if (bpf_map_lookup_elem(map->fd, &i, &id))
		return -ENOENT;
	fd = bpf_map_get_fd_by_id(id);
	if (fd >= 0)
		return fd;
	return skep_fail_hint(skep_fail(errno,
					"map '%s' has rings already, and ring %u of them "
					"cannot be opened: %s",
					map->name, i, strerror(errno)),
			      "opening a map by its id needs CAP_SYS_ADMIN");
}

static int make_one(const struct skep_map *map, uint32_t bytes)
{
	SKEP_AUTO(skep_map) *ring = NULL;
	int fd, err = skep_map_new_raw(&ring, SKEP_MAP_TYPE_RINGBUF, map->name, bytes, NULL, NULL);

	if (err)
		return err;
	fd = ring->fd;
	ring->fd = -1;
	return fd;
}

/*
 * All at once where the kernel can (5.14): one by one, each waits until no program uses what was
 * there before, which is nothing.
 */
static int put_in(const struct skep_map *map, const int *fds, uint32_t count)
{
	LIBBPF_OPTS(bpf_map_batch_opts, opts);
	AUTO_FREE uint32_t *keys = calloc(count, sizeof(*keys));
	uint32_t done = count;
	int err;

	if (!keys)
		return skep_fail(ENOMEM, "no memory for the rings of '%s'", map->name);
	for (uint32_t i = 0; i < count; i++)
		keys[i] = i;
	if (!bpf_map_update_batch(map->fd, keys, fds, &done, &opts) && done == count)
		return 0;
	for (uint32_t i = 0; i < count; i++) {
		err = bpf_map_update_elem(map->fd, &i, &fds[i], BPF_ANY);
		if (err)
			return skep_fail(err, "cannot put a ring into map '%s': %s", map->name,
					 strerror(-err));
	}
	return 0;
}

int skep_object_make_shards(const struct skep_map *map, struct skep_shards *shards)
{
	int count = skep_object_count_shards(map), err = 0;
	uint32_t entries = (uint32_t)count;
	bool made = false;

	if (count < 0)
		return count;
	if (shards->count == entries)
		return 0;
	if (!shards->fds)
		shards->fds = calloc(entries, sizeof(*shards->fds));
	if (!shards->fds)
		return skep_fail(ENOMEM, "no memory for the rings of '%s'", map->name);
	while (shards->count < entries) {
		int fd = find_one(map, shards->count);

		if (fd == -ENOENT) {
			made = true;
			fd = make_one(map, shards->bytes);
		}
		if (fd < 0)
			return fd;
		shards->fds[shards->count++] = fd;
	}
	if (made)
		err = put_in(map, shards->fds, entries);
	if (err)
		close_all(shards);
	return err;
}

int skep_object_make_all_shards(struct skep_object *object)
{
	int err = 0;

	for (size_t i = 0; i < object->map_count && !err; i++) {
		struct skep_shards *shards = skep_object_shards(object, &object->maps[i]);

		if (shards)
			err = skep_object_make_shards(&object->maps[i], shards);
	}
	return err;
}
