/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Which field of an old type goes where in a new one, and whether it can. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <skep/map/migrate.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "migrate.h"

#define MOST_STEPS (1u << 16)

struct maker {
	struct skep_copying *plan;
	struct skep_migration *report;
	const char *map;
	const struct skep_layout *from, *to;
};

/* An element of an array of structs, or the whole: what it is, and where it begins. */
struct element {
	const char *name; /* of the array; NULL: the whole */
	uint32_t from, to;
	bool told; /* the fields were reported for an element before */
};

static int tell(const struct maker *m, const char *name, enum skep_field_fate fate)
{
	struct skep_migration *r = m->report;
	struct skep_migrated_field *list = (struct skep_migrated_field *)r->fields;
	uint32_t *const counts[] = { &r->kept, &r->converted, &r->added, &r->dropped };
	char *text = NULL;

	if (!(r->field_count & (r->field_count - 1))) {
		list = reallocarray(list, r->field_count ? r->field_count * 2 : 1, sizeof(*list));
		if (!list)
			return skep_fail(ENOMEM, "no memory to migrate map '%s'", m->map);
		r->fields = list;
	}
	if (asprintf(&text, "%s%s%s", m->plan->part, *name ? "." : "", name) < 0)
		return skep_fail(ENOMEM, "no memory to migrate map '%s'", m->map);
	list[r->field_count++] = (struct skep_migrated_field){ text, fate };
	++*counts[fate];
	return 0;
}

static int add_step(const struct maker *m, const struct skep_step *step)
{
	struct skep_copying *plan = m->plan;

	if (plan->count == MOST_STEPS)
		return skep_fail(E2BIG, "map '%s': the %s has too many fields to migrate", m->map,
				 plan->part);
	if (plan->count == plan->room) {
		size_t room = plan->room ? plan->room * 2 : 16;
		struct skep_step *grown = reallocarray(plan->steps, room, sizeof(*grown));

		if (!grown)
			return skep_fail(ENOMEM, "no memory to migrate map '%s'", m->map);
		plan->steps = grown;
		plan->room = room;
	}
	plan->steps[plan->count++] = *step;
	return 0;
}

static int refuse(const struct maker *m, const struct skep_field *from, const struct skep_field *to,
		  const char *why)
{
	char old[SKEP_LAYOUT_TEXT], new[SKEP_LAYOUT_TEXT];

	return skep_fail_hint(skep_fail(EPROTOTYPE,
					"map '%s': %s field '%.200s' cannot be migrated from %s to "
					"%s: %s",
					m->map, m->plan->part, to->name,
					skep_layout_describe(from, true, old),
					skep_layout_describe(to, true, new), why),
			      "give the new field another name, and fill it from the old map");
}

/* How long the part of a name is that says in which array of structs it is; 0: in none. */
static size_t array_length(const char *name)
{
	const char *at = strrchr(name, '[');

	while (at && at - name >= 3 && !strncmp(at - 3, "[0]", 3))
		at -= 3;
	return at ? (size_t)(at - name) : 0;
}

static bool is_in(const struct skep_field *f, const struct element *e)
{
	size_t length = array_length(f->name);

	if (!strchr(f->name, '['))
		return !e->name;
	return e->name && strlen(e->name) == length && !strncmp(f->name, e->name, length);
}

static bool is_inside(const char *name, const char *outer)
{
	size_t length = strlen(outer);

	return !strncmp(name, outer, length) && (name[length] == '.' || name[length] == '[');
}

/* The union with a name that a field is in. */
static bool is_in_union(const struct skep_layout *layout, const char *name)
{
	for (size_t i = 0; i < layout->count; i++) {
		const struct skep_field *f = skep_layout_field(layout, i);

		if (f->kind == SKEP_FIELD_UNION && is_inside(name, f->name))
			return true;
	}
	return false;
}

static uint32_t elements_of(const struct skep_field *f)
{
	uint32_t elements = 1;

	for (int i = 0; i < 3 && f->counts[i]; i++)
		elements *= f->counts[i];
	return elements ? elements : 1;
}

/* Arrays of more dimensions than one may differ in the outermost. */
static bool same_dimensions(const struct skep_field *a, const struct skep_field *b)
{
	return !a->counts[0] == !b->counts[0] && a->counts[1] == b->counts[1] &&
	       a->counts[2] == b->counts[2];
}

static bool has_equal(const struct skep_layout *other, const struct skep_field *f,
		      const struct skep_field *outer, const struct skep_field *other_outer)
{
	const struct skep_field *o = skep_layout_find(other, f->name, 0);

	return o && o->offset - other_outer->offset == f->offset - outer->offset &&
	       o->bytes == f->bytes && o->bit == f->bit && o->bits == f->bits &&
	       !memcmp(o->counts, f->counts, sizeof(f->counts)) && skep_layout_same_kind(o, f);
}

/* Whether both have the same inside, so that it need not be known what is alive in it. */
static bool same_inside(const struct maker *m, const struct skep_field *from,
			const struct skep_field *to)
{
	for (size_t i = 0; i < m->to->count; i++) {
		const struct skep_field *f = skep_layout_field(m->to, i);

		if (is_inside(f->name, to->name) && !has_equal(m->from, f, to, from))
			return false;
	}
	for (size_t i = 0; i < m->from->count; i++) {
		const struct skep_field *f = skep_layout_field(m->from, i);

		if (is_inside(f->name, from->name) && !has_equal(m->to, f, from, to))
			return false;
	}
	return from->bytes == to->bytes && !memcmp(from->counts, to->counts, sizeof(to->counts));
}

static bool is_number(enum skep_field_kind kind)
{
	return kind == SKEP_FIELD_CHAR || kind == SKEP_FIELD_SIGNED ||
	       kind == SKEP_FIELD_UNSIGNED || kind == SKEP_FIELD_BOOL || kind == SKEP_FIELD_ENUM;
}

/* Fields over each other are those of a union without a name. */
static bool overlaps(const struct skep_field *a, const struct skep_field *b)
{
	if (a == b || a->bits || b->bits || is_inside(a->name, b->name) ||
	    is_inside(b->name, a->name))
		return false;
	return a->offset < b->offset + b->bytes && b->offset < a->offset + a->bytes;
}

/* In a union without a name nothing is converted, and all of it moves together. */
static bool breaks_union(const struct maker *m, const struct skep_layout *in,
			 const struct skep_field *from, const struct skep_field *to, bool converts)
{
	const struct skep_field *self = in == m->from ? from : to;

	for (size_t i = 0; i < in->count; i++) {
		const struct skep_field *f = skep_layout_field(in, i), *a, *b;

		if (!overlaps(self, f))
			continue;
		a = skep_layout_find(m->from, f->name, i);
		b = skep_layout_find(m->to, f->name, i);
		if (converts || !a || !b || b->offset - a->offset != to->offset - from->offset)
			return true;
	}
	return false;
}

/* A field that has no fields of its own. */
static int plan_value(const struct maker *m, const struct element *e, const struct skep_field *from,
		      const struct skep_field *to)
{
	uint32_t old = elements_of(from), new = elements_of(to);
	struct skep_step step = {
		.from = from,
		.to = to,
		.from_byte = e->from + from->offset,
		.to_byte = e->to + to->offset,
		.elements = old < new ? old : new,
		.cut = old > new ? old - new : 0,
	};
	bool same = from->bytes / old == to->bytes / new &&
		    from->bits == to->bits &&skep_layout_same_kind(from, to);
	int err;

	if (!same_dimensions(from, to))
		return refuse(m, from, to, "an array of another shape");
	step.as_it_is = same && !from->bits;
	if (!same && !(is_number(from->kind) && is_number(to->kind)) &&
	    !(from->kind == SKEP_FIELD_FLOAT && to->kind == SKEP_FIELD_FLOAT))
		return refuse(m, from, to, "these are not of one kind");
	if (!same && (from->bytes / old > 8 || to->bytes / new > 8))
		return refuse(m, from, to, "numbers of more than 8 bytes are not converted");
	if (breaks_union(m, m->from, from, to, !same || old != new) ||
	    breaks_union(m, m->to, from, to, !same || old != new))
		return refuse(
			m, from, to,
			"it is in a union that changed, and which of its fields counts is not "
			"known");
	err = e->told ? 0
		      : tell(m, to->name,
			     same && old == new ? SKEP_FATE_KEPT : SKEP_FATE_CONVERTED);
	return err ? err : add_step(m, &step);
}

static int plan_union(const struct maker *m, const struct element *e, const struct skep_field *from,
		      const struct skep_field *to)
{
	const struct skep_step step = {
		.from = from,
		.to = to,
		.from_byte = e->from + from->offset,
		.to_byte = e->to + to->offset,
		.elements = elements_of(to),
		.as_it_is = true,
	};
	int err;

	if (from->kind != SKEP_FIELD_UNION || !same_inside(m, from, to))
		return refuse(m, from, to,
			      "a union that changed, and which of its fields counts is not known");
	err = e->told ? 0 : tell(m, to->name, SKEP_FATE_KEPT);
	return err ? err : add_step(m, &step);
}

static int plan_element(const struct maker *m, const struct element *e);

static int plan_structs(const struct maker *m, const struct element *e,
			const struct skep_field *from, const struct skep_field *to)
{
	uint32_t old = elements_of(from), new = elements_of(to);
	uint32_t old_bytes = from->bytes / old, new_bytes = to->bytes / new;
	int err = 0;

	if (!same_dimensions(from, to))
		return refuse(m, from, to, "an array of another shape");
	for (uint32_t i = 0; i < old && i < new && !err; i++) {
		const struct element inner = { to->name, e->from + i * old_bytes,
					       e->to + i * new_bytes, e->told || i };

		err = plan_element(m, &inner);
	}
	if (!err && old > new) {
		const struct skep_step cut = {
			.from = from,
			.to = to,
			.from_byte = e->from + from->offset + new *old_bytes,
			.cut = old - new,
			.as_it_is = true,
		};

		err = add_step(m, &cut);
	}
	return err;
}

static int plan_field(const struct maker *m, const struct element *e, const struct skep_field *to,
		      size_t i)
{
	const struct skep_field *from = skep_layout_find(m->from, to->name, i);

	if (is_in_union(m->to, to->name) || is_in_union(m->from, to->name))
		return from || is_in_union(m->to, to->name)
			       ? 0
			       : refuse(m, to, to, "it was in a union before");
	if (!from && to->kind == SKEP_FIELD_STRUCT && !to->counts[0])
		return 0; /* its own fields are told */
	if (!from)
		return e->told ? 0 : tell(m, to->name, SKEP_FATE_ADDED);
	if (to->kind == SKEP_FIELD_UNION || from->kind == SKEP_FIELD_UNION)
		return plan_union(m, e, from, to);
	if (to->kind != SKEP_FIELD_STRUCT && from->kind != SKEP_FIELD_STRUCT)
		return plan_value(m, e, from, to);
	if (to->kind != from->kind)
		return refuse(m, from, to, "these are not of one kind");
	if (to->counts[0] || from->counts[0])
		return plan_structs(m, e, from, to);
	return 0;
}

static int plan_element(const struct maker *m, const struct element *e)
{
	int err = 0;

	for (size_t i = 0; i < m->to->count && !err; i++) {
		const struct skep_field *to = skep_layout_field(m->to, i);

		if (is_in(to, e))
			err = plan_field(m, e, to, i);
	}
	return err;
}

/* What is gone: the outermost array or union, and each field of a struct. */
static int tell_dropped(const struct maker *m)
{
	int err = 0;

	for (size_t i = 0; i < m->from->count && !err; i++) {
		const struct skep_field *f = skep_layout_field(m->from, i);
		size_t length = array_length(f->name);
		AUTO_FREE char *array = length ? strndup(f->name, length) : NULL;

		if (skep_layout_find(m->to, f->name, i) || is_in_union(m->from, f->name) ||
		    (array && !skep_layout_find(m->to, array, i)) ||
		    (f->kind == SKEP_FIELD_STRUCT && !f->counts[0]))
			continue;
		err = tell(m, f->name, SKEP_FATE_DROPPED);
	}
	return err;
}

int skep_copying_make(struct skep_copying *plan, struct skep_migration *report, const char *map,
		      const struct skep_layout *from, const struct skep_layout *to)
{
	const struct maker m = { plan, report, map, from, to };
	const struct element whole = { 0 };
	int err;

	plan->from_bytes = from->bytes;
	plan->to_bytes = to->bytes;
	err = plan_element(&m, &whole);
	return err ? err : tell_dropped(&m);
}

void skep_copying_free(struct skep_copying *plan)
{
	free(plan->steps);
	plan->steps = NULL;
}
