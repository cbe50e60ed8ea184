/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The fields of a type, read from BTF: every one, also those inside of others. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/btf.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "layout.h"

#define MOST_FIELDS 4096
#define MOST_DEPTH  64

struct reader {
	const struct btf *btf;
	struct skep_layout layout;
	struct skep_field *list; /* what layout.fields will be */
	size_t room;
};

/* A value inside the whole: a member, or the whole itself. */
struct place {
	const char *name; /* with all that is around it */
	uint32_t type;
	uint32_t bit;
	uint32_t bits; /* of a bit-field */
	int depth;
};

static const struct btf_type *resolve(const struct btf *btf, uint32_t *id)
{
	const struct btf_type *t = btf__type_by_id(btf, *id);

	for (int i = 0; t && (btf_is_mod(t) || btf_is_typedef(t)) && i < MOST_DEPTH; i++) {
		*id = t->type;
		t = btf__type_by_id(btf, *id);
	}
	return t;
}

static enum skep_field_kind integer_kind(const struct btf *btf, const struct btf_type *t)
{
	uint8_t encoding = btf_int_encoding(t);

	if (encoding & BTF_INT_BOOL)
		return SKEP_FIELD_BOOL;
	if (t->size == 1 &&
	    ((encoding & BTF_INT_CHAR) || !strcmp(btf__name_by_offset(btf, t->name_off), "char")))
		return SKEP_FIELD_CHAR;
	return encoding & BTF_INT_SIGNED ? SKEP_FIELD_SIGNED : SKEP_FIELD_UNSIGNED;
}

static enum skep_field_kind kind_of(const struct btf *btf, const struct btf_type *t)
{
	if (btf_is_int(t))
		return integer_kind(btf, t);
	if (btf_is_any_enum(t))
		return SKEP_FIELD_ENUM;
	if (btf_is_float(t))
		return SKEP_FIELD_FLOAT;
	if (btf_is_ptr(t))
		return SKEP_FIELD_POINTER;
	if (btf_is_struct(t))
		return SKEP_FIELD_STRUCT;
	return btf_is_union(t) ? SKEP_FIELD_UNION : SKEP_FIELD_ANY;
}

static int add_field(struct reader *r, const struct skep_field *field)
{
	struct skep_field *added;

	if (r->layout.count == MOST_FIELDS)
		return skep_fail(E2BIG, "a type with more than %d fields", MOST_FIELDS);
	if (r->layout.count == r->room) {
		size_t room = r->room ? r->room * 2 : 16;
		struct skep_field *grown = reallocarray(r->list, room, sizeof(*grown));

		if (!grown)
			return skep_fail(ENOMEM, "no memory for a type's fields");
		r->list = grown;
		r->room = room;
	}
	added = &r->list[r->layout.count];
	*added = *field;
	added->name = strdup(field->name);
	if (!added->name)
		return skep_fail(ENOMEM, "no memory for a type's fields");
	r->layout.count++;
	return 0;
}

static int read_value(struct reader *r, const struct place *place);

/* A member without a name is a part of what it is in. */
static int read_member(struct reader *r, const struct place *in, const struct btf_type *t,
		       uint32_t i, const char *prefix)
{
	const struct btf_member *m = &btf_members(t)[i];
	const char *name = btf__name_by_offset(r->btf, m->name_off);
	AUTO_FREE char *full = NULL;
	struct place member = {
		.type = m->type,
		.bit = in->bit + btf_member_bit_offset(t, i),
		.bits = btf_member_bitfield_size(t, i),
		.depth = in->depth + 1,
	};

	if (asprintf(&full, "%s%s%s", prefix, *prefix && *name ? "." : "", name ? name : "") < 0) {
		full = NULL;
		return skep_fail(ENOMEM, "no memory for a type's fields");
	}
	member.name = full;
	return read_value(r, &member);
}

static int read_members(struct reader *r, const struct place *in, const struct btf_type *t,
			int dimensions)
{
	AUTO_FREE char *prefix = NULL;
	int err = 0;

	if (asprintf(&prefix, "%s%.*s", in->name, 3 * (dimensions < 8 ? dimensions : 8),
		     "[0][0][0][0][0][0][0][0]") < 0) {
		prefix = NULL;
		return skep_fail(ENOMEM, "no memory for a type's fields");
	}
	for (uint32_t i = 0; i < btf_vlen(t) && !err; i++)
		err = read_member(r, in, t, i, prefix);
	return err;
}

/* An old way to say bit-field: an integer that has fewer bits than its bytes. */
static void narrow(struct skep_field *field, uint32_t bit, const struct btf_type *t)
{
	uint32_t bits = btf_int_bits(t);

	if (!field->bits && bits && bits < t->size * 8 && !field->counts[0]) {
		bit += btf_int_offset(t);
		field->bits = (uint16_t)bits;
	}
	if (field->bits) {
		/* The byte that its first bit is in. */
		field->offset = bit / 8;
		field->bit = (uint16_t)(bit % 8);
	}
}

static int read_value(struct reader *r, const struct place *place)
{
	struct skep_field field = { .name = place->name, .bits = (uint16_t)place->bits };
	uint32_t id = place->type;
	const struct btf_type *t = resolve(r->btf, &id);
	long long bytes = btf__resolve_size(r->btf, place->type);
	int dimensions = 0, err = 0;

	if (place->depth > MOST_DEPTH)
		return skep_fail(EINVAL, "a type that is nested deeper than %d", MOST_DEPTH);
	if (bytes <= 0 || bytes > INT32_MAX)
		return 0; /* a flexible array, an empty struct: nothing is there */
	for (; t && btf_is_array(t); t = resolve(r->btf, &id)) {
		if (dimensions < 3)
			field.counts[dimensions] = btf_array(t)->nelems;
		else
			field.counts[2] *= btf_array(t)->nelems;
		id = btf_array(t)->type;
		if (++dimensions > MOST_DEPTH)
			break;
	}
	if (!t)
		return skep_fail(EINVAL, "a type that BTF does not describe");
	field.kind = kind_of(r->btf, t);
	field.offset = place->bit / 8;
	field.bytes = (uint32_t)bytes;
	if (btf_is_int(t))
		narrow(&field, place->bit, t);
	else if (field.bits)
		field.bit = (uint16_t)(place->bit % 8);
	/* What a struct or union has no name for are its own members, so that is no field. */
	if (!btf_is_composite(t) || (place->depth && *place->name) || dimensions)
		err = add_field(r, &field);
	if (!err && btf_is_composite(t))
		err = read_members(r, place, t, dimensions);
	return err;
}

static const char *type_text(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);
	char *text = NULL;
	const char *name;

	while (t && btf_is_mod(t)) {
		id = t->type;
		t = btf__type_by_id(btf, id);
	}
	name = t ? btf__name_by_offset(btf, t->name_off) : "";
	if (!t || !name || !*name)
		return strdup("a type without a name");
	if (asprintf(&text, "%s%s",
		     btf_is_struct(t)     ? "struct "
		     : btf_is_union(t)    ? "union "
		     : btf_is_any_enum(t) ? "enum "
					  : "",
		     name) < 0)
		return NULL;
	return text;
}

int skep_layout_read(struct skep_layout **out, const struct btf *btf, uint32_t type)
{
	struct reader r = { .btf = btf };
	struct place whole = { .name = "", .type = type };
	long long bytes = btf ? btf__resolve_size(btf, type) : -1;
	SKEP_AUTO(skep_layout) *layout = NULL;
	int err;

	if (!type || bytes <= 0)
		return skep_fail(EINVAL, "BTF has no type %u, or that has no size", type);
	layout = calloc(1, sizeof(*layout));
	if (!layout)
		return skep_fail(ENOMEM, "no memory for a type's fields");
	err = read_value(&r, &whole);
	r.layout.sz = sizeof(r.layout);
	r.layout.type = type_text(btf, type);
	r.layout.bytes = (size_t)bytes;
	r.layout.field_bytes = sizeof(*r.list);
	r.layout.fields = r.list;
	*layout = r.layout;
	if (!err && !layout->type)
		err = skep_fail(ENOMEM, "no memory for a type's name");
	if (!err)
		*out = SKEP_TAKE(layout);
	return err;
}

void skep_layout_free(struct skep_layout *layout)
{
	SKEP_KEEP_ERROR;

	if (!layout)
		return;
	for (size_t i = 0; i < layout->count; i++)
		free((char *)layout->fields[i].name);
	free((void *)layout->fields);
	free((char *)layout->type);
	free(layout);
}
