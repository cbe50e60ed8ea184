/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the object's BTF tells of a ring: its record type, its longest record, its counters. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/btf.h>

#include "base/fail.h"
#include "object/object.h"
#include "ring.h"

static const struct btf_type *resolve(const struct btf *btf, uint32_t *id)
{
	const struct btf_type *type = btf__type_by_id(btf, *id);

	while (type && (btf_is_mod(type) || btf_is_typedef(type))) {
		*id = type->type;
		type = btf__type_by_id(btf, *id);
	}
	return type;
}

/* The variable `name` in section `section`: its type, and its place there. */
static bool find_var(const struct btf *btf, const char *section, const char *name, uint32_t *id,
		     uint32_t *offset)
{
	int32_t section_id = btf__find_by_name_kind(btf, section, BTF_KIND_DATASEC);
	const struct btf_type *datasec, *var;
	const struct btf_var_secinfo *info;

	if (section_id <= 0)
		return false;
	datasec = btf__type_by_id(btf, (uint32_t)section_id);
	info = btf_var_secinfos(datasec);
	for (uint32_t i = 0; i < btf_vlen(datasec); i++, info++) {
		var = btf__type_by_id(btf, info->type);
		if (strcmp(btf__name_by_offset(btf, var->name_off), name))
			continue;
		*id = var->type;
		*offset = info->offset;
		return true;
	}
	return false;
}

/* libbpf's own __uint() has an array of plain int there, which says nothing. */
static bool can_be_record(const struct btf *btf, uint32_t id)
{
	const struct btf_type *type = resolve(btf, &id);

	if (type && btf_is_int(type))
		return strcmp(btf__name_by_offset(btf, type->name_off), "int");
	return type && btf_is_composite(type);
}

/* What `T (*type)[KIND]` of a map's definition says. */
struct declared {
	uint32_t record; /* the type T */
	uint32_t kind;   /* of the map */
};

/* False where T says nothing. */
static bool find_declared(const struct btf *btf, uint32_t map_id, struct declared *found)
{
	const struct btf_type *def = resolve(btf, &map_id);
	const struct btf_member *member;

	if (!def || !btf_is_struct(def))
		return false;
	member = btf_members(def);
	for (uint32_t i = 0; i < btf_vlen(def); i++, member++) {
		uint32_t id = member->type;
		const struct btf_type *type;

		if (strcmp(btf__name_by_offset(btf, member->name_off), "type"))
			continue;
		type = resolve(btf, &id);
		if (!type || !btf_is_ptr(type))
			return false;
		id = type->type;
		type = resolve(btf, &id);
		if (!type || !btf_is_array(type))
			return false;
		found->record = btf_array(type)->type;
		found->kind = btf_array(type)->nelems;
		return can_be_record(btf, found->record);
	}
	return false;
}

/* Maps of maps and of other kinds may say a type too, which is no record's. */
static bool is_ring(const struct skep_object *object, const char *name, uint32_t kind)
{
	const struct skep_map *map = skep_object_map(object, name);

	if (kind == BPF_MAP_TYPE_ARRAY_OF_MAPS)
		return map && skep_object_shards(object, map);
	return kind == BPF_MAP_TYPE_RINGBUF || kind == BPF_MAP_TYPE_USER_RINGBUF ||
	       kind == BPF_MAP_TYPE_PERF_EVENT_ARRAY;
}

/* SKEP_RINGBUF_LARGE() has a variable of type `char (*)[BYTES]`; 0: it is none. */
static uint64_t longest_of(const struct btf *btf, const char *name)
{
	const struct btf_type *type;
	uint32_t id, offset;
	char longest[80];

	snprintf(longest, sizeof(longest), "%.64s__longest", name);
	if (!find_var(btf, ".data.skep", longest, &id, &offset))
		return 0;
	type = resolve(btf, &id);
	if (!type || !btf_is_ptr(type))
		return 0;
	id = type->type;
	type = resolve(btf, &id);
	return type && btf_is_array(type) ? btf_array(type)->nelems : 0;
}

bool skep_ring_type(const struct skep_object *object, const char *name, struct skep_ring_type *type)
{
	const struct btf *btf = bpf_object__btf(object->obj);
	const struct skep_map *scratch;
	struct declared declared;
	uint32_t id, offset;
	uint64_t longest;
	char text[80];

	if (!btf || !find_var(btf, ".maps", name, &id, &offset) ||
	    !find_declared(btf, id, &declared) || !is_ring(object, name, declared.kind))
		return false;
	*type = (struct skep_ring_type){
		.type_id = declared.record,
		.bytes = (uint64_t)btf__resolve_size(btf, declared.record),
	};
	/* SKEP_RINGBUF_VAR() has a scratch: a flag of 8 bytes, then the longest record */
	snprintf(text, sizeof(text), "%.64s__scratch", name);
	scratch = skep_object_map(object, text);
	longest = scratch && scratch->value_bytes > 8 ? scratch->value_bytes - 8
						      : longest_of(btf, name);
	type->most_bytes = longest > type->bytes ? longest : type->bytes;
	return true;
}

/* Maps `.data.skep`, once for a ring. NULL where it cannot be: then nothing is counted. */
static const char *map_section(struct skep_ring *ring, const struct skep_object *object)
{
	const struct bpf_map *section = bpf_object__find_map_by_name(object->obj, ".data.skep");
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t bytes = section ? (bpf_map__value_size(section) + page - 1) & ~(page - 1) : 0;
	void *memory;

	if (!section || ring->counts_page)
		return ring->counts_page;
	memory = mmap(NULL, bytes, PROT_READ, MAP_SHARED, bpf_map__fd(section), 0);
	if (memory == MAP_FAILED)
		return NULL;
	ring->counts_page = memory;
	ring->counts_bytes = bytes;
	return memory;
}

/* The variable `text` in `.data.skep`, which has `bytes` bytes at least. */
static const void *find_in_section(struct skep_ring *ring, const struct skep_object *object,
				   const char *text, size_t bytes)
{
	const struct btf *btf = bpf_object__btf(object->obj);
	const char *memory;
	uint32_t id, offset;

	if (!btf || !find_var(btf, ".data.skep", text, &id, &offset) ||
	    btf__resolve_size(btf, id) < (int64_t)bytes)
		return NULL;
	memory = map_section(ring, object);
	return memory && offset + bytes <= ring->counts_bytes ? memory + offset : NULL;
}

int skep_ring_find_counts(struct skep_ring *ring, const struct skep_object *object)
{
	char text[80];

	errno = 0;
	snprintf(text, sizeof(text), "%s__counts", ring->name);
	ring->counts = find_in_section(ring, object, text, sizeof(struct skep_ring_counts));
	return !ring->counts && errno == ENOMEM ? skep_fail(ENOMEM, "no memory to map counters")
						: 0;
}

const struct skep_ring_counts *skep_ring_find_types(struct skep_ring *ring,
						    const struct skep_object *object,
						    const char *name)
{
	char text[80];

	snprintf(text, sizeof(text), "%.64s__types", name);
	return find_in_section(ring, object, text, sizeof(struct skep_ring_counts[SKEP_TAGS_MOST]));
}
