/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An object's making and unmaking, and what can be found in it. */
#include "object.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skep/link.h>

#include "base/fail.h"
#include "base/text.h"
#include "capture.h"
#include "sections.h"
#include "struct_ops.h"

static int list_programs(struct skep_object *object)
{
	struct bpf_program *prog;
	size_t count = 0;

	bpf_object__for_each_program(prog, object->obj)
		count++;
	object->programs = calloc(count + 1, sizeof(*object->programs));
	if (!object->programs)
		return -ENOMEM;
	bpf_object__for_each_program(prog, object->obj)
		object->programs[object->program_count++] =
			(struct skep_program){ .prog = prog, .object = object };
	return 0;
}

static int list_maps(struct skep_object *object)
{
	struct bpf_map *map;
	size_t count = 0;

	bpf_object__for_each_map(map, object->obj)
		count++;
	object->maps = calloc(count + 1, sizeof(*object->maps));
	if (!object->maps)
		return -ENOMEM;
	bpf_object__for_each_map(map, object->obj)
		skep_map_describe(&object->maps[object->map_count++], map);
	return 0;
}

/* A loaded program has a file descriptor; an object may have no program at all, but maps. */
static bool is_loaded(const struct skep_object *object)
{
	for (size_t i = 0; i < object->program_count; i++)
		if (bpf_program__fd(object->programs[i].prog) >= 0)
			return true;
	for (size_t i = 0; i < object->map_count; i++)
		if (object->maps[i].fd >= 0)
			return true;
	return false;
}

static int wrap(struct skep_object **out, struct bpf_object *obj, bool adopted)
{
	SKEP_AUTO(skep_object) *object = calloc(1, sizeof(*object));
	int err;

	if (!object) {
		if (!adopted)
			bpf_object__close(obj);
		return skep_fail(ENOMEM, "no memory for an object");
	}
	object->obj = obj;
	object->adopted = adopted;
	if (list_programs(object) || list_maps(object))
		return skep_fail(ENOMEM, "no memory for an object");
	err = skep_object_list_shards(object);
	if (err)
		return err;
	if (is_loaded(object)) {
		err = skep_object_map_globals(object);
		if (err)
			return err;
		object->state = OBJECT_LOADED;
	} else {
		skep_section_apply(obj);
	}
	*out = SKEP_TAKE(object);
	return 0;
}

int skep_object_wrap(struct skep_object **out, struct bpf_object *obj)
{
	return wrap(out, obj, false);
}

int skep_object_adopt(struct skep_object **out, struct bpf_object *object)
{
	if (!object)
		return skep_fail_hint(skep_fail(EINVAL, "there is no libbpf object to adopt"),
				      "check what bpf_object__open() returned");
	return wrap(out, object, true);
}

void skep_object_free(struct skep_object *object)
{
	SKEP_KEEP_ERROR;
	SKEP_CAPTURE(said);

	if (!object)
		return;
	for (size_t i = 0; i < object->program_count; i++) {
		skep_link_free(object->programs[i].link);
		skep_error_free(object->programs[i].refusal);
	}
	for (size_t i = 0; object->struct_ops && i < object->map_count; i++)
		skep_link_free(object->struct_ops[i].link);
	free(object->struct_ops);
	if (!object->adopted)
		bpf_object__close(object->obj);
	skep_object_free_shards(object);
	free(object->programs);
	free(object->maps);
	free(object->words);
	free(object->image);
	free(object);
}

const char *skep_object_name(const struct skep_object *object)
{
	return object ? bpf_object__name(object->obj) : NULL;
}

struct bpf_object *skep_object_libbpf(const struct skep_object *object)
{
	return object ? object->obj : NULL;
}

struct skep_map *skep_object_map(const struct skep_object *object, const char *name)
{
	const struct bpf_map *variables = NULL;

	if (!object || !name)
		return NULL;
	/* libbpf calls maps of variables by the object's name too, and finds them without it. */
	if (name[0] == '.')
		variables = bpf_object__find_map_by_name(object->obj, name);
	for (size_t i = 0; i < object->map_count; i++)
		if (object->maps[i].map == variables ||
		    !strcmp(bpf_map__name(object->maps[i].map), name))
			return &object->maps[i];
	return NULL;
}

struct skep_map *skep_object_next_map(const struct skep_object *object,
				      const struct skep_map *previous)
{
	size_t next = previous ? (size_t)(previous - object->maps) + 1 : 0;

	return object && next < object->map_count ? &object->maps[next] : NULL;
}

void *skep_object_section(const struct skep_object *object, const char *section, size_t *bytes)
{
	struct bpf_map *map =
		object && section ? bpf_object__find_map_by_name(object->obj, section) : NULL;
	size_t size = 0;
	/* libbpf 1.1 says const, later ones do not: it is the section's own memory. */
	void *memory = map ? (void *)bpf_map__initial_value(map, &size) : NULL;

	if (memory && bytes)
		*bytes = size;
	return memory;
}

int skep_object_find_map(const struct skep_object *object, const char *name,
			 struct skep_map **found)
{
	struct skep_text names = { 0 };
	struct skep_map *map;
	int err;

	if (!object || !name)
		return skep_fail(EINVAL, "there is no %s", object ? "name of a map" : "object");
	map = skep_object_map(object, name);
	if (map) {
		*found = map;
		return 0;
	}
	for (size_t i = 0; i < object->map_count; i++)
		if (!bpf_map__is_internal(object->maps[i].map))
			skep_text_add_name(&names, object->maps[i].name);
	err = skep_fail(ENOENT, "object '%s' has no map '%s'", skep_object_name(object), name);
	return names.used ? skep_fail_hint(err, "it has: %s", names.buf) : err;
}

int skep_object_need_loaded(const struct skep_object *object)
{
	if (!object)
		return skep_fail_hint(skep_fail(EINVAL, "there is no object"),
				      "open it with skep_object_open(), and look at its result");
	if (object->state == OBJECT_LOADED)
		return 0;
	return skep_fail_hint(
		skep_fail(EBADF, "object '%s' is not loaded", skep_object_name(object)),
		"call skep_object_load() first, and look at its result");
}
