/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "base/fail.h"
#include "object.h"
#include "sections.h"

int skep_object_resize(struct skep_object *object, const char *map, uint32_t entries)
{
	struct skep_shards *shards;
	struct skep_map *found;
	int err = skep_object_find_map(object, map, &found);

	if (err)
		return err;
	if (object->state != OBJECT_OPEN)
		return skep_fail_hint(
			skep_fail(EBUSY, "map '%s' is loaded: its size is fixed", map),
			"resize between open and load");
	shards = skep_object_shards(object, found);
	if (found->type == BPF_MAP_TYPE_RINGBUF || shards)
		err = skep_object_check_ring(map, entries);
	else if (!entries)
		err = skep_fail(EINVAL, "map '%s' cannot have 0 entries", map);
	if (err)
		return err;
	if (shards) { /* how many there are stays as it is */
		shards->bytes = entries;
		return 0;
	}
	err = bpf_map__set_max_entries(found->map, entries);
	if (err)
		return skep_fail(err, "cannot resize map '%s': %s", map, strerror(-err));
	found->entries = entries;
	return 0;
}

static int check_state(const struct skep_object *object)
{
	const char *name = object ? skep_object_name(object) : NULL;

	if (!object)
		return skep_fail(EINVAL, "there is no object");
	if (object->state == OBJECT_LOADED)
		return skep_fail(EALREADY, "object '%s' is loaded already", name);
	if (object->state == OBJECT_REFUSED)
		return skep_fail_hint(skep_fail(EALREADY, "object '%s' was refused before", name),
				      "free it and open it again");
	return 0;
}

/*
 * Puts a map of global variables where libbpf has their initial values, as skeletons do and
 * libbpf itself from 1.5 on: from now on that memory is the program's own.
 */
static int map_globals(const struct bpf_map *map)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), bytes = 0;
	bool fixed = bpf_map__map_flags(map) & BPF_F_RDONLY_PROG;
	/* libbpf 1.1 does not take a const map */
	void *memory = (void *)bpf_map__initial_value((struct bpf_map *)map, &bytes);

	if (!memory || !bpf_map__is_internal(map) || !(bpf_map__map_flags(map) & BPF_F_MMAPABLE))
		return 0;
	bytes = (bytes + page - 1) / page * page;
	if (mmap(memory, bytes, fixed ? PROT_READ : PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		 bpf_map__fd(map), 0) == MAP_FAILED)
		return skep_fail(errno, "cannot map the variables of '%s': %s", bpf_map__name(map),
				 strerror(errno));
	return 0;
}

int skep_object_map_globals(const struct skep_object *object)
{
	int err = 0;

	for (size_t i = 0; i < object->map_count && !err; i++)
		err = map_globals(object->maps[i].map);
	return err;
}

/*
 * libbpf 1.1 looks for a struct_ops map's type in kernel BTF that it read only if some program
 * of that kind is to be loaded.
 */
static int check_struct_ops(const struct skep_object *object)
{
	const char *map = NULL;

	for (size_t i = 0; i < object->map_count; i++)
		if (object->maps[i].type == BPF_MAP_TYPE_STRUCT_OPS)
			map = object->maps[i].name;
	for (size_t i = 0; i < object->program_count; i++)
		if (bpf_program__type(object->programs[i].prog) == BPF_PROG_TYPE_STRUCT_OPS &&
		    bpf_program__autoload(object->programs[i].prog))
			map = NULL;
	if (!map)
		return 0;
	return skep_fail_hint(
		skep_fail(EINVAL, "struct_ops '%s' has no program that is enabled", map),
		"enable one with skep_program_enable()");
}

/* libbpf's last words name the program, whatever was wrong with it. */
static void keep_words(struct skep_object *object, const struct skep_capture *said)
{
	char name[256];

	object->words = said->text ? strdup(said->text) : NULL;
	if (skep_capture_name(said, "prog '", "': failed to ", name, sizeof(name)))
		object->refused = skep_object_program(object, name);
}

struct skep_program *skep_object_refused(const struct skep_object *object)
{
	return object ? object->refused : NULL;
}

const char *skep_object_words(const struct skep_object *object)
{
	return object ? object->words : NULL;
}

/* What libbpf leaves to do. */
static int after_load(struct skep_object *object)
{
	int err = skep_object_map_globals(object);

	if (err)
		return err;
	for (size_t i = 0; i < object->map_count; i++)
		skep_map_describe(&object->maps[i], object->maps[i].map);
	return skep_object_make_all_shards(object);
}

int skep_object_load(struct skep_object *object)
{
	SKEP_CAPTURE(said);
	int err = check_state(object);

	if (!err)
		err = skep_object_use_perf_if_needed(object);
	if (!err)
		err = check_struct_ops(object);
	if (!err)
		err = skep_object_prepare_maps(object);
	if (err)
		return err;
	for (size_t i = 0; i < object->program_count; i++)
		if (!object->programs[i].targeted)
			skep_section_find_target(object->programs[i].prog);
	err = bpf_object__load(object->obj);
	if (err) {
		object->state = OBJECT_REFUSED;
		keep_words(object, &said);
		return skep_object_explain_load(object, err, &said);
	}
	err = after_load(object);
	if (err) {
		object->state = OBJECT_REFUSED;
		return err;
	}
	object->state = OBJECT_LOADED;
	free(object->image);
	object->image = NULL;
	return 0;
}
