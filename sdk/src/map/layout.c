/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Two layouts compared: the first field that differs, in words. */
#include "layout.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/opts.h"

/* By what the caller has: an object that is not loaded, or a handle. */
#define ADVICE(sides)                                                                              \
	"use one header on both sides; %s() can change an old map",                                \
		(sides)->of_object ? "skep_object_migrate_map" : "skep_map_migrate"

int skep_layout_check(const struct skep_layout *layout)
{
	int err = SKEP_OPTS_CHECK(layout);

	if (err)
		return err;
	if (layout->field_bytes < sizeof(struct skep_field) || (layout->count && !layout->fields))
		return skep_fail(EINVAL, "a layout without fields: declare it with SKEP_LAYOUT()");
	for (size_t i = 0; i < layout->count; i++)
		if (!skep_layout_field(layout, i)->name)
			return skep_fail(EINVAL, "a layout with a field that has no name");
	return 0;
}

const struct skep_field *skep_layout_find(const struct skep_layout *layout, const char *name,
					  size_t near)
{
	/* Most often both have the same fields in the same order. */
	if (near < layout->count && !strcmp(skep_layout_field(layout, near)->name, name))
		return skep_layout_field(layout, near);
	for (size_t i = 0; i < layout->count; i++)
		if (!strcmp(skep_layout_field(layout, i)->name, name))
			return skep_layout_field(layout, i);
	return NULL;
}

static const char *kind_word(enum skep_field_kind kind)
{
	static const char *const words[] = {
		[SKEP_FIELD_ANY] = "of some kind", [SKEP_FIELD_CHAR] = "char",
		[SKEP_FIELD_SIGNED] = "signed",    [SKEP_FIELD_UNSIGNED] = "unsigned",
		[SKEP_FIELD_BOOL] = "bool",        [SKEP_FIELD_FLOAT] = "floating point",
		[SKEP_FIELD_POINTER] = "pointer",  [SKEP_FIELD_STRUCT] = "struct",
		[SKEP_FIELD_UNION] = "union",      [SKEP_FIELD_ENUM] = "enum",
	};

	return (size_t)kind < sizeof(words) / sizeof(*words) ? words[kind] : "of some kind";
}

const char *skep_layout_describe(const struct skep_field *f, bool with_kind,
				 char buf[SKEP_LAYOUT_TEXT])
{
	int used;

	if (f->bits)
		used = snprintf(buf, SKEP_LAYOUT_TEXT, "%u bit%s from bit %u", f->bits,
				f->bits == 1 ? "" : "s", f->bit);
	else
		used = snprintf(buf, SKEP_LAYOUT_TEXT, "%u byte%s", f->bytes,
				f->bytes == 1 ? "" : "s");
	for (int i = 0; i < 3 && f->counts[i]; i++)
		used += snprintf(buf + used, SKEP_LAYOUT_TEXT - (size_t)used, "%s[%u]",
				 i ? "" : " as ", f->counts[i]);
	if (with_kind)
		snprintf(buf + used, SKEP_LAYOUT_TEXT - (size_t)used, ", %s", kind_word(f->kind));
	return buf;
}

static bool is_number(enum skep_field_kind kind)
{
	return kind == SKEP_FIELD_SIGNED || kind == SKEP_FIELD_UNSIGNED;
}

/* Whether `a` is one that C, or a generated header, may write as `b`. */
static bool stands_for(enum skep_field_kind a, enum skep_field_kind b)
{
	return a == b || a == SKEP_FIELD_ANY ||
	       ((a == SKEP_FIELD_CHAR || a == SKEP_FIELD_ENUM) && is_number(b)) ||
	       (a == SKEP_FIELD_ENUM && b == SKEP_FIELD_CHAR) ||
	       (a == SKEP_FIELD_POINTER && b == SKEP_FIELD_UNSIGNED);
}

bool skep_layout_same_kind(const struct skep_field *a, const struct skep_field *b)
{
	return stands_for(a->kind, b->kind) || stands_for(b->kind, a->kind);
}

static bool same_counts(const struct skep_field *a, const struct skep_field *b)
{
	/* Of more dimensions than C was asked for, only the size is known. */
	if (a->kind == SKEP_FIELD_ANY || b->kind == SKEP_FIELD_ANY)
		return true;
	return !memcmp(a->counts, b->counts, sizeof(a->counts));
}

static bool same_place(const struct skep_field *a, const struct skep_field *b)
{
	return a->offset == b->offset && a->bytes == b->bytes && a->bit == b->bit &&
	       a->bits == b->bits && same_counts(a, b);
}

/* "value field 'bytes'", or "value" for the whole. */
static const char *field_text(const struct skep_layout_sides *s, const char *name, char buf[256])
{
	if (*name)
		snprintf(buf, 256, "%s field '%.200s'", s->part, name);
	else
		snprintf(buf, 256, "the %s", s->part);
	return buf;
}

static int say_differs(const struct skep_field *ours, const struct skep_field *theirs,
		       const struct skep_layout_sides *s)
{
	char name[256], mine[SKEP_LAYOUT_TEXT], other[SKEP_LAYOUT_TEXT];
	bool kinds_differ = !skep_layout_same_kind(ours, theirs);
	int err;

	skep_layout_describe(theirs, true, other);
	skep_layout_describe(ours, kinds_differ, mine);
	field_text(s, ours->name, name);
	if (*ours->name)
		err = skep_fail(EPROTOTYPE,
				"map '%s': %s is at offset %u with %s, %s; at %u with %s %s",
				s->map, name, theirs->offset, other, s->theirs_are, ours->offset,
				mine, s->ours_are);
	else
		err = skep_fail(EPROTOTYPE, "map '%s': %s has %s, %s; %s %s", s->map, name, other,
				s->theirs_are, mine, s->ours_are);
	return skep_fail_hint(err, ADVICE(s));
}

/* What is at the same place under another name is most likely the same field. */
static int say_not_theirs(const struct skep_layout *ours, const struct skep_field *field,
			  const struct skep_layout *theirs, const struct skep_layout_sides *s)
{
	char name[256];
	const struct skep_field *there = NULL;

	for (size_t i = 0; i < theirs->count && !there; i++) {
		const struct skep_field *f = skep_layout_field(theirs, i);

		if (f->offset == field->offset && *f->name && !skep_layout_find(ours, f->name, i))
			there = f;
	}
	field_text(s, field->name, name);
	if (there)
		return skep_fail_hint(skep_fail(EPROTOTYPE,
						"map '%s': %s of %s is not %s, which has '%.200s' "
						"at offset %u",
						s->map, name, ours->type, s->theirs_are,
						there->name, there->offset),
				      ADVICE(s));
	return skep_fail_hint(skep_fail(EPROTOTYPE, "map '%s': %s of %s, at offset %u, is not %s",
					s->map, name, ours->type, field->offset, s->theirs_are),
			      ADVICE(s));
}

static int say_not_ours(const struct skep_layout *ours, const struct skep_field *field,
			const struct skep_layout_sides *s)
{
	char name[256], text[SKEP_LAYOUT_TEXT];

	return skep_fail_hint(skep_fail(EPROTOTYPE,
					"map '%s': %s, at offset %u with %s %s, is not in %s %s",
					s->map, field_text(s, field->name, name), field->offset,
					skep_layout_describe(field, true, text), s->theirs_are,
					ours->type, s->ours_are),
			      ADVICE(s));
}

/* Whether `name` is inside of `outer`: `a.b` and `a[0].b` of `a`. */
static bool is_inside(const char *name, const char *outer)
{
	size_t length = strlen(outer);

	return !strncmp(name, outer, length) && (name[length] == '.' || name[length] == '[');
}

static bool has_inside(const struct skep_layout *layout, const char *outer)
{
	for (size_t i = 0; i < layout->count; i++)
		if (is_inside(skep_layout_field(layout, i)->name, outer))
			return true;
	return false;
}

/* SKEP_LAYOUT() cannot name a bit-field, so it may be where nothing else was named. */
static bool is_untold(const struct skep_layout *ours, const struct skep_field *field)
{
	uint32_t end = field->offset + (field->bit + field->bits + 7U) / 8;

	if (!ours->by_hand || !field->bits)
		return false;
	for (size_t i = 0; i < ours->count; i++) {
		const struct skep_field *f = skep_layout_field(ours, i);

		if (f->offset < end && f->offset + f->bytes > field->offset)
			return false;
	}
	return true;
}

/* A field of theirs is covered by one of that name, or by one around it that is taken as a whole. */
static bool is_covered(const struct skep_layout *ours, const struct skep_field *field, size_t i)
{
	if (skep_layout_find(ours, field->name, i))
		return true;
	for (size_t k = 0; k < ours->count; k++) {
		const char *name = skep_layout_field(ours, k)->name;

		if (is_inside(field->name, name) && !has_inside(ours, name))
			return true;
	}
	return is_untold(ours, field);
}

static bool is_whole(const struct skep_layout *theirs, const struct skep_field *field)
{
	return (field->kind == SKEP_FIELD_STRUCT || field->kind == SKEP_FIELD_UNION) &&
	       has_inside(theirs, field->name);
}

int skep_layout_compare(const struct skep_layout *ours, const struct skep_layout *theirs,
			const struct skep_layout_sides *sides)
{
	for (size_t i = 0; i < ours->count; i++) {
		const struct skep_field *field = skep_layout_field(ours, i);
		const struct skep_field *other = skep_layout_find(theirs, field->name, i);

		if (!other)
			return say_not_theirs(ours, field, theirs, sides);
		if (!same_place(field, other) || !skep_layout_same_kind(field, other))
			return say_differs(field, other, sides);
	}
	for (size_t i = 0; i < theirs->count; i++) {
		const struct skep_field *field = skep_layout_field(theirs, i);

		if (!is_covered(ours, field, i) && !is_whole(theirs, field))
			return say_not_ours(ours, field, sides);
	}
	if (ours->bytes == theirs->bytes)
		return 0;
	return skep_fail_hint(skep_fail(EPROTOTYPE,
					"map '%s': the %s has %zu bytes %s, %zu %s: the same "
					"fields, and other padding behind them",
					sides->map, sides->part, theirs->bytes, sides->theirs_are,
					ours->bytes, sides->ours_are),
			      ADVICE(sides));
}
