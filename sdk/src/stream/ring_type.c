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

/* SKEP_RINGBUF() writes `T (*type)[BPF_MAP_TYPE_RINGBUF]`: T is what the array holds. */
static uint32_t record_of(const struct btf *btf, uint32_t map_id)
{
	const struct btf_type *def = resolve(btf, &map_id);
	const struct btf_member *member;

	if (!def || !btf_is_struct(def))
		return 0;
	member = btf_members(def);
	for (uint32_t i = 0; i < btf_vlen(def); i++, member++) {
		uint32_t id = member->type;
		const struct btf_type *type;

		if (strcmp(btf__name_by_offset(btf, member->name_off), "type"))
			continue;
		type = resolve(btf, &id);
		if (!type || !btf_is_ptr(type))
			return 0;
		id = type->type;
		type = resolve(btf, &id);
		if (!type || !btf_is_array(type))
			return 0;
		return can_be_record(btf, btf_array(type)->type) ? btf_array(type)->type : 0;
	}
	return 0;
}

bool skep_ring_type(const struct skep_object *object, const char *name, struct skep_ring_type *type)
{
	const struct btf *btf = bpf_object__btf(object->obj);
	const struct skep_map *longest;
	uint32_t id, offset;
	char scratch[80];

	if (!btf || !find_var(btf, ".maps", name, &id, &offset))
		return false;
	id = record_of(btf, id);
	if (!id)
		return false;
	*type = (struct skep_ring_type){ .type_id = id,
					 .bytes = (uint64_t)btf__resolve_size(btf, id) };
	type->most_bytes = type->bytes;

	/* SKEP_RINGBUF_VAR() has a scratch: a flag of 8 bytes, then the longest record */
	snprintf(scratch, sizeof(scratch), "%s__scratch", name);
	longest = skep_object_map(object, scratch);
	if (longest && longest->value_bytes > 8)
		type->most_bytes = longest->value_bytes - 8;
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

/* The variable `<ring><suffix>` in `.data.skep`, which has `bytes` bytes at least. */
static const void *find_in_section(struct skep_ring *ring, const struct skep_object *object,
				   const char *suffix, size_t bytes)
{
	const struct btf *btf = bpf_object__btf(object->obj);
	const char *memory;
	uint32_t id, offset;
	char name[80];

	snprintf(name, sizeof(name), "%s%s", ring->name, suffix);
	if (!btf || !find_var(btf, ".data.skep", name, &id, &offset) ||
	    btf__resolve_size(btf, id) < (int64_t)bytes)
		return NULL;
	memory = map_section(ring, object);
	return memory && offset + bytes <= ring->counts_bytes ? memory + offset : NULL;
}

int skep_ring_find_counts(struct skep_ring *ring, const struct skep_object *object)
{
	errno = 0;
	ring->counts = find_in_section(ring, object, "__counts", sizeof(struct skep_ring_counts));
	return !ring->counts && errno == ENOMEM ? skep_fail(ENOMEM, "no memory to map counters")
						: 0;
}

const struct skep_ring_counts *skep_ring_find_types(struct skep_ring *ring,
						    const struct skep_object *object)
{
	return find_in_section(ring, object, "__types",
			       sizeof(struct skep_ring_counts[SKEP_TAGS_MOST]));
}
