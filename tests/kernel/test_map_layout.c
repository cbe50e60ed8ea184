// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Layouts against the BTF of real maps: structs made at random, and the same with one thing
 * changed. None that differs may pass, none that is equal may be refused.
 */
#include "harness/machine.h"
#include "harness/test.h"

#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "app.h"

enum what {
	INT,
	BOOL,
	CHAR,
	ENUM,
	FLOAT,
	POINTER,
	BITS,
	STRUCT,
	UNION,
	WHATS
};

#define MOST 8

struct model {
	int count;
	struct member {
		char name[32];
		enum what what;
		bool is_signed;
		uint32_t bytes;    /* of one element */
		uint32_t elements; /* 0: no array */
		uint32_t bits;
		struct model *inside;
	} members[MOST + 1];
};

static uint64_t seed = 88172645463325252u;

static uint32_t any(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 33) % below;
}

static void make_member(struct member *m, int number, int depth)
{
	*m = (struct member){ .what = any(depth ? BITS : WHATS), .is_signed = any(2) };
	snprintf(m->name, sizeof(m->name), "f%d_%u", number, any(1000));
	m->bytes = m->what == INT                       ? 1u << any(4)
		   : m->what == FLOAT                   ? 4u << any(2)
		   : m->what == ENUM || m->what == BITS ? 4
		   : m->what == POINTER                 ? 8
							: 1;
	if (m->what == BITS)
		m->bits = 1 + any(32);
	else if (!any(3))
		m->elements = 1 + any(5);
	if (m->what == STRUCT || m->what == UNION) {
		m->inside = calloc(1, sizeof(*m->inside));
		m->inside->count = 1 + (int)any(4);
		for (int i = 0; i < m->inside->count; i++)
			make_member(&m->inside->members[i], i, depth + 1);
	}
}

static void make_model(struct model *model)
{
	*model = (struct model){ .count = 1 + (int)any(MOST) };
	for (int i = 0; i < model->count; i++)
		make_member(&model->members[i], i, 0);
}

static void free_model(struct model *model)
{
	for (int i = 0; i < model->count; i++)
		free(model->members[i].inside); /* nothing is deeper */
}

static struct model copy_model(const struct model *model)
{
	struct model copy = *model;

	for (int i = 0; i < copy.count; i++) {
		struct model *inside = copy.members[i].inside;

		if (inside) {
			copy.members[i].inside = malloc(sizeof(*inside));
			*copy.members[i].inside = *inside;
		}
	}
	return copy;
}

/* --- as BTF --- */

static int add_struct(struct btf *btf, const struct model *model, bool is_union, uint32_t *bytes,
		      uint32_t *align);

/* Dressed up in what means nothing: const, volatile, typedef. */
static int dress(struct btf *btf, int id)
{
	switch (any(6)) {
	case 0:
		return btf__add_const(btf, id);
	case 1:
		return btf__add_volatile(btf, id);
	case 2:
		return btf__add_typedef(btf, "dressed", id);
	default:
		return id;
	}
}

static int add_type(struct btf *btf, const struct member *m, uint32_t *bytes, uint32_t *align)
{
	static const char *const names[] = { "a1", "a2", "", "a4", "", "", "", "a8" };
	int id;

	*bytes = *align = m->bytes;
	switch (m->what) {
	case INT:
	case BITS:
		id = btf__add_int(btf, names[m->bytes - 1], m->bytes,
				  m->is_signed ? BTF_INT_SIGNED : 0);
		break;
	case BOOL:
		id = btf__add_int(btf, "_Bool", 1, BTF_INT_BOOL);
		break;
	case CHAR:
		id = btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
		break;
	case ENUM:
		id = btf__add_enum(btf, "colour", 4);
		assert_int_equal(btf__add_enum_value(btf, "RED", 1), 0);
		break;
	case FLOAT:
		id = btf__add_float(btf, "real", m->bytes);
		break;
	case POINTER:
		id = btf__add_ptr(btf, 0);
		break;
	default:
		id = add_struct(btf, m->inside, m->what == UNION, bytes, align);
	}
	assert_true(id > 0);
	id = dress(btf, id);
	if (m->elements) {
		int index = btf__add_int(btf, "index", 4, 0);

		id = dress(btf, btf__add_array(btf, index, id, m->elements));
		*bytes *= m->elements;
	}
	assert_true(id > 0);
	return id;
}

static int add_struct(struct btf *btf, const struct model *model, bool is_union, uint32_t *bytes,
		      uint32_t *align)
{
	uint32_t at[MOST + 1], size = 0, most = 1;
	int types[MOST + 1], id;

	for (int i = 0; i < model->count; i++) {
		uint32_t b, a;

		types[i] = add_type(btf, &model->members[i], &b, &a);
		at[i] = is_union ? 0 : (size + a - 1) / a * a;
		size = at[i] + b > size ? at[i] + b : size;
		most = a > most ? a : most;
	}
	*align = most;
	*bytes = (size + most - 1) / most * most;
	id = is_union ? btf__add_union(btf, "u", *bytes) : btf__add_struct(btf, "s", *bytes);
	assert_true(id > 0);
	for (int i = 0; i < model->count; i++)
		assert_int_equal(btf__add_field(btf, model->members[i].name, types[i], at[i] * 8,
						model->members[i].bits),
				 0);
	return id;
}

struct types {
	struct btf *btf;
	uint32_t key, value, bytes;
};

static struct types make_types(const struct model *model)
{
	struct types t = { .btf = btf__new_empty() };
	uint32_t align;

	assert_non_null(t.btf);
	t.key = (uint32_t)btf__add_int(t.btf, "key", 4, 0);
	t.value = (uint32_t)add_struct(t.btf, model, false, &t.bytes, &align);
	return t;
}

static struct skep_map *make_map(struct types *t)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .btf_key_type_id = t->key,
		    .btf_value_type_id = t->value);
	struct skep_map *map = NULL;
	int fd, err = btf__load_into_kernel(t->btf);

	assert_int_equal(err, 0);
	opts.btf_fd = (uint32_t)btf__fd(t->btf);
	fd = bpf_map_create(BPF_MAP_TYPE_HASH, "random", 4, t->bytes, 4, &opts);
	assert_true(fd >= 0);
	assert_ok(skep_map_adopt_fd_raw(&map, fd, NULL));
	close(fd);
	return map;
}

/* --- one thing changed --- */

static bool mutate(struct model *model, bool is_union);

static bool mutate_member(struct member *m)
{
	switch (any(7)) {
	case 0:
		m->name[0] = 'g';
		return true;
	case 1:
		if (m->what != INT && m->what != BITS)
			return false;
		m->is_signed = !m->is_signed;
		return true;
	case 2:
		if (m->what != INT && m->what != FLOAT)
			return false;
		m->bytes = m->what == FLOAT ? 12 - m->bytes : m->bytes == 8 ? 4 : m->bytes * 2;
		return true;
	case 3:
		if (m->what == BITS) {
			m->bits = m->bits == 32 ? 31 : m->bits + 1;
			return true;
		}
		m->elements = m->elements ? any(2) ? m->elements + 1 : 0 : 1 + any(4);
		return true;
	case 4: /* the same bytes, and of another kind */
		if (m->what == INT && m->bytes == 1)
			m->what = BOOL;
		else if (m->what == BOOL || m->what == CHAR)
			m->what = m->what == BOOL ? CHAR : BOOL;
		else if ((m->what == INT && m->bytes == 4) || m->what == ENUM)
			m->what = FLOAT;
		else if (m->what == POINTER)
			m->what = FLOAT;
		else if (m->what == FLOAT && m->bytes == 4)
			m->what = ENUM;
		else
			return false;
		return true;
	case 5:
		if (!m->inside || m->inside->count == 1)
			return false;
		m->what = m->what == STRUCT ? UNION : STRUCT;
		return true;
	default:
		return m->inside && mutate(m->inside, m->what == UNION);
	}
}

static bool mutate(struct model *model, bool is_union)
{
	int at = (int)any((uint32_t)model->count), other = (int)any((uint32_t)model->count);
	struct member moved = model->members[at];

	switch (any(8)) {
	case 0:
		make_member(&model->members[model->count], 50, 1);
		model->count++;
		return true;
	case 1:
		if (model->count == 1)
			return false;
		free(model->members[at].inside);
		memmove(&model->members[at], &model->members[at + 1],
			(size_t)(model->count - at - 1) * sizeof(moved));
		model->count--;
		return true;
	case 2: /* in a union places are all one */
		if (at == other || is_union)
			return false;
		model->members[at] = model->members[other];
		model->members[other] = moved;
		return true;
	default:
		return mutate_member(&model->members[at]);
	}
}

static int check(struct skep_map *map, const struct types *ours)
{
	struct skep_layout *layout = NULL;
	int err;

	assert_ok(skep_layout_read(&layout, ours->btf, ours->value));
	err = skep_map_check_raw(map, SKEP_OPTS(skep_map_shape, .access = SKEP_ACCESS_KEYED,
						.key_bytes = 4, .value_bytes = ours->bytes,
						.value_layout = layout));
	skep_layout_free(layout);
	return err;
}

TEST(of_2000_pairs_that_differ_in_one_thing_none_passes_and_equal_ones_do)
{
	int refused = 0, rounds = test_is_full() ? 20000 : 2000;

	require_root();
	while (refused < rounds) {
		struct model model, changed;
		struct types ours, same, theirs;
		struct skep_map *map;

		make_model(&model);
		changed = copy_model(&model);
		while (!mutate(&changed, false))
			;
		ours = make_types(&model);
		same = make_types(&model);
		theirs = make_types(&changed);
		map = make_map(&theirs);
		if (check(map, &ours) != -EPROTOTYPE)
			fail_msg("%d passed", refused);
		app_assert_says("map 'random': ");
		app_assert_hints("one header");
		skep_map_free(map);
		refused++;
		if (!(refused % 4)) { /* dressed otherwise */
			map = make_map(&same);
			assert_ok(check(map, &ours));
			skep_map_free(map);
		}
		btf__free(ours.btf);
		btf__free(same.btf);
		btf__free(theirs.btf);
		free_model(&model);
		free_model(&changed);
	}
}
