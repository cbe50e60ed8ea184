/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Layouts of types inside the room. Public side: <skep/map/layout.h>. */
#ifndef SKEP_MAP_LAYOUT_PRIVATE_H
#define SKEP_MAP_LAYOUT_PRIVATE_H

#include "map.h"

struct btf;

/* Field `i` of a layout, which may be of an older or newer skep. */
static inline const struct skep_field *skep_layout_field(const struct skep_layout *layout, size_t i)
{
	return (const struct skep_field *)((const char *)layout->fields + i * layout->field_bytes);
}

/* NULL where it has none of that name. `near` is where it may be: the same place as elsewhere. */
const struct skep_field *skep_layout_find(const struct skep_layout *layout, const char *name,
					  size_t near);

/* Who is compared with whom, in words. */
struct skep_layout_sides {
	const char *map;        /* its name */
	const char *part;       /* "key" or "value" */
	const char *theirs_are; /* "in the map" */
	const char *ours_are;   /* "here" */
	bool of_object;         /* ours are those of an object that is not loaded */
};

/* -EPROTOTYPE in words that name the first field of `ours` that `theirs` has not, or elsewhere. */
int skep_layout_compare(const struct skep_layout *ours, const struct skep_layout *theirs,
			const struct skep_layout_sides *sides);

/* -EINVAL or -E2BIG in words where `layout` is not one. */
int skep_layout_check(const struct skep_layout *layout);

/* "4 bytes, unsigned" or "16 bytes, an array of 16 char". Returns `buf`. */
#define SKEP_LAYOUT_TEXT 160
const char *skep_layout_describe(const struct skep_field *field, bool with_kind,
				 char buf[SKEP_LAYOUT_TEXT]);

/* Whether both have values of one kind, as far as both know it. */
bool skep_layout_same_kind(const struct skep_field *a, const struct skep_field *b);

/* --- layout_kernel.c: what the kernel, or an object, says of a map's types --- */

struct skep_map_types {
	struct skep_layout *key; /* NULL: not known */
	struct skep_layout *value;
};

/*
 * Of the kernel's BTF; where that may not be read, of `btf` (NULL: there is no other). Both NULL
 * and 0 for a map without BTF.
 */
int skep_map_types_read(struct skep_map_types *types, const struct skep_map *map,
			const struct btf *btf);
int skep_map_types_of(struct skep_map_types *types, const struct btf *btf, uint32_t key,
		      uint32_t value);
void skep_map_types_free(struct skep_map_types *types);

/* --- layout_make.c: the other way round --- */

struct skep_made_types {
	int fd;              /* of BTF in the kernel */
	uint32_t key, value; /* in it; 0: none */
};

/* Either layout may be NULL. -errno in words. */
int skep_layout_load(const char *map, const struct skep_layout *key,
		     const struct skep_layout *value, struct skep_made_types *out);

/* --- layout_holes.c --- */

/* Warns once of a hash whose keys have bytes that no field covers. */
void skep_layout_warn_holes(const struct skep_map *map, const struct btf *btf);

#endif
