/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* BTF made from layouts, for maps that are made from user space: what layout_read.c reads back. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "layout.h"

#define MOST_DEPTH 16

struct maker {
	struct btf *btf;
	const struct skep_layout *layout;
};

/* A struct's member: a field, or what is around some fields that the layout does not name. */
struct member {
	const struct skep_field *field; /* NULL: it has no field of its own */
	char *name;                     /* its last part */
	char *full;                     /* all of it */
	uint32_t offset, end;           /* from the beginning of the whole */
};

struct members {
	struct member *list;
	size_t count;
};

static void free_members(struct members *all)
{
	for (size_t i = 0; i < all->count; i++) {
		free(all->list[i].name);
		free(all->list[i].full);
	}
	free(all->list);
}

/* "a.b[0].c" behind "a": "b" of length 1. NULL: not directly or deeper inside of `outer`. */
static const char *part_inside(const char *name, const char *outer, size_t *length)
{
	size_t skip = strlen(outer);

	if (skip) {
		if (strncmp(name, outer, skip) || (name[skip] != '.' && name[skip] != '['))
			return NULL;
		name += skip;
		while (!strncmp(name, "[0]", 3))
			name += 3;
		if (*name++ != '.')
			return NULL;
	}
	*length = strcspn(name, ".[");
	return name;
}

static uint32_t end_of(const struct skep_field *f)
{
	return f->offset + (f->bits ? (f->bit + f->bits + 7U) / 8 : f->bytes);
}

/* Adds what `f` says of the member of `outer` that it is, or is in. */
static int gather_field(struct members *all, const struct skep_field *f, const char *outer)
{
	size_t length, full;
	const char *part = part_inside(f->name, outer, &length);
	struct member *m = NULL;

	if (!part || !length)
		return 0;
	full = (size_t)(part - f->name) + length;
	for (size_t i = 0; i < all->count && !m; i++)
		if (strlen(all->list[i].full) == full && !strncmp(all->list[i].full, f->name, full))
			m = &all->list[i];
	if (!m) {
		m = &all->list[all->count];
		*m = (struct member){ .name = strndup(part, length),
				      .full = strndup(f->name, full),
				      .offset = f->offset };
		all->count++;
		if (!m->name || !m->full)
			return -ENOMEM;
	}
	if (!f->name[full]) {
		m->field = f;
		m->offset = f->offset;
		m->end = end_of(f);
	} else if (!m->field) {
		m->offset = f->offset < m->offset ? f->offset : m->offset;
		m->end = end_of(f) > m->end ? end_of(f) : m->end;
	}
	return 0;
}

static uint64_t place_of(const struct member *m)
{
	return m->offset * UINT64_C(8) + (m->field && m->field->bits ? m->field->bit : 0);
}

static int by_place(const void *a, const void *b)
{
	uint64_t x = place_of(a), y = place_of(b);

	return x < y ? -1 : x > y;
}

static int add_struct(const struct maker *m, const char *name, const char *outer, uint32_t offset,
		      uint32_t bytes, bool is_union, int depth);

static int add_number(struct btf *btf, const struct skep_field *f, uint32_t bytes)
{
	static const char *const is_signed[] = { "", "signed char", "short", "", "int", "", "", "",
						 "", "long" };
	char name[32];
	int encoding = 0;

	snprintf(name, sizeof(name), "unsigned_%u", bytes);
	if (f->kind == SKEP_FIELD_CHAR && bytes == 1)
		return btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
	if (f->kind == SKEP_FIELD_BOOL) {
		encoding = BTF_INT_BOOL;
		snprintf(name, sizeof(name), "_Bool");
	} else if (f->kind == SKEP_FIELD_SIGNED) {
		encoding = BTF_INT_SIGNED;
		snprintf(name, sizeof(name), "%s",
			 bytes < 8 && *is_signed[bytes] ? is_signed[bytes] : "long long");
	}
	return btf__add_int(btf, name, bytes, encoding);
}

/* Of one element: of a kind that is not known, bytes. */
static int add_element(const struct maker *m, const struct skep_field *f, const char *full,
		       uint32_t bytes, int depth)
{
	bool plain = bytes && bytes <= 16 && !(bytes & (bytes - 1));
	int id, index;

	switch (f->kind) {
	case SKEP_FIELD_STRUCT:
	case SKEP_FIELD_UNION:
		return add_struct(m, NULL, full, f->offset, bytes, f->kind == SKEP_FIELD_UNION,
				  depth + 1);
	case SKEP_FIELD_POINTER:
		return btf__add_ptr(m->btf, 0);
	case SKEP_FIELD_FLOAT:
		if (plain && bytes > 1)
			return btf__add_float(m->btf, bytes == 4 ? "float" : "double", bytes);
		break;
	case SKEP_FIELD_ANY:
		break;
	default:
		if (plain)
			return add_number(m->btf, f, bytes);
	}
	id = btf__add_int(m->btf, "unsigned char", 1, 0);
	index = btf__add_int(m->btf, "unsigned int", 4, 0);
	return id < 0 || index < 0 ? -ENOMEM : btf__add_array(m->btf, index, id, bytes);
}

static int add_field_type(const struct maker *m, const struct skep_field *f, const char *full,
			  int depth)
{
	uint32_t bytes = f->bytes;
	int id, index, dimensions = 0;

	if (f->kind == SKEP_FIELD_ANY)
		return add_element(m, f, full, bytes, depth);
	for (; dimensions < 3 && f->counts[dimensions]; dimensions++)
		bytes /= f->counts[dimensions];
	id = add_element(m, f, full, bytes, depth);
	while (id > 0 && dimensions--) {
		index = btf__add_int(m->btf, "unsigned int", 4, 0);
		id = index < 0 ? index : btf__add_array(m->btf, index, id, f->counts[dimensions]);
	}
	return id;
}

/* Types of members come before the struct that they are in: libbpf adds members to the last one. */
static int add_members(const struct maker *m, const struct members *all, const char *name,
		       uint32_t offset, uint32_t bytes, bool is_union, int depth)
{
	AUTO_FREE int *types = calloc(all->count + 1, sizeof(*types));
	int id, err = 0;

	if (!types)
		return -ENOMEM;
	for (size_t i = 0; i < all->count; i++) {
		const struct member *in = &all->list[i];

		types[i] = in->field ? add_field_type(m, in->field, in->full, depth)
				     : add_struct(m, NULL, in->full, in->offset,
						  in->end - in->offset, false, depth + 1);
		if (types[i] < 0)
			return types[i];
	}
	id = is_union ? btf__add_union(m->btf, name, bytes) : btf__add_struct(m->btf, name, bytes);
	for (size_t i = 0; i < all->count && id > 0 && !err; i++) {
		const struct member *in = &all->list[i];

		err = btf__add_field(m->btf, in->name, types[i],
				     (uint32_t)(place_of(in) - UINT64_C(8) * offset),
				     in->field ? in->field->bits : 0);
	}
	return err ? err : id;
}

static int add_struct(const struct maker *m, const char *name, const char *outer, uint32_t offset,
		      uint32_t bytes, bool is_union, int depth)
{
	struct members all = { calloc(m->layout->count + 1, sizeof(struct member)), 0 };
	int err = all.list ? 0 : -ENOMEM;

	if (depth > MOST_DEPTH)
		err = -E2BIG;
	for (size_t i = 0; i < m->layout->count && !err; i++)
		err = gather_field(&all, skep_layout_field(m->layout, i), outer);
	if (!err) {
		qsort(all.list, all.count, sizeof(*all.list), by_place);
		err = add_members(m, &all, name, offset, bytes, is_union, depth);
	}
	free_members(&all);
	return err;
}

/* "flow" of "struct flow": a name that the kernel takes. */
static const char *tag_of(const struct skep_layout *layout, char buf[64])
{
	const char *space = layout->type ? strrchr(layout->type, ' ') : NULL;

	snprintf(buf, 64, "%s", space ? space + 1 : layout->type ? layout->type : "type");
	for (char *at = buf; *at; at++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", *at))
			*at = '_';
	return buf;
}

static int add_layout(struct btf *btf, const struct skep_layout *layout, uint32_t *id)
{
	const struct maker m = { btf, layout };
	const struct skep_field *first = layout->count ? skep_layout_field(layout, 0) : NULL;
	char tag[64];
	int made;

	if (first && !*first->name && first->kind != SKEP_FIELD_STRUCT &&
	    first->kind != SKEP_FIELD_UNION)
		made = add_field_type(&m, first, "", 0);
	else
		made = add_struct(&m, tag_of(layout, tag), "", 0, (uint32_t)layout->bytes, false,
				  0);
	*id = made > 0 ? (uint32_t)made : 0;
	return made < 0 ? made : 0;
}

int skep_layout_load(const char *map, const struct skep_layout *key,
		     const struct skep_layout *value, struct skep_made_types *out)
{
	struct btf *btf = btf__new_empty();
	const void *data = NULL;
	uint32_t bytes = 0;
	int err = btf ? 0 : -ENOMEM, fd = -1;

	*out = (struct skep_made_types){ .fd = -1 };
	if (!err && key)
		err = add_layout(btf, key, &out->key);
	if (!err && value)
		err = add_layout(btf, value, &out->value);
	if (!err)
		data = btf__raw_data(btf, &bytes);
	/* Through bpf() itself: never prints. */
	if (data)
		fd = bpf_btf_load(data, bytes, NULL);
	btf__free(btf);
	if (err || fd < 0) {
		err = err ? err : fd;
		return skep_fail_hint(
			skep_fail(err, "cannot make the types of map '%s': %s", map,
				  strerror(-err)),
			"run as root or with CAP_BPF, or make the map without layouts");
	}
	out->fd = fd;
	return 0;
}
