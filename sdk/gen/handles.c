/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Typed handles: what declares one for each kind of map, and the layouts that they are held to. */
#include "model.h"

#include <ctype.h>
#include <string.h>

#include <skep/map.h>
#include <skep/ring.h>

/* Newer than the kernel headers of some: the numbers are the kernel's for good. */
enum {
	MAP_CGRP_STORAGE = 32,
	MAP_ARENA = 33,
};

/* What goes between the parentheses of the macro. */
enum arguments {
	NONE,
	KEY,
	VALUE,
	KEY_VALUE,
	KEY_INNER,
	RECORD,
};

static const struct form {
	const char *macro;
	const char *access; /* of enum skep_map_access */
	enum arguments arguments;
} keyed = { "SKEP_MAP", "KEYED", KEY_VALUE }, percpu = { "SKEP_PERCPU_MAP", "PERCPU", KEY_VALUE },
  queue = { "SKEP_QUEUE", "QUEUE", VALUE }, bloom = { "SKEP_BLOOM", "BLOOM", VALUE },
  nested = { "SKEP_MAP_OF_MAPS", "NESTED", KEY_INNER },
  sockets = { "SKEP_SOCKET_MAP", "SOCKETS", KEY }, fds = { "SKEP_FD_MAP", "FDS", NONE },
  programs = { "SKEP_PROGRAM_ARRAY", "PROGRAMS", NONE },
  storage = { "SKEP_STORAGE", "STORAGE", VALUE }, stacks = { "SKEP_STACKS", "STACKS", NONE },
  user_ring = { "SKEP_USER_RING", "USER_RING", RECORD }, arena = { "SKEP_ARENA", "ARENA", NONE };

static const struct form *const forms[] = {
	[BPF_MAP_TYPE_HASH] = &keyed,
	[BPF_MAP_TYPE_ARRAY] = &keyed,
	[BPF_MAP_TYPE_PROG_ARRAY] = &programs,
	[BPF_MAP_TYPE_PERF_EVENT_ARRAY] = &fds,
	[BPF_MAP_TYPE_PERCPU_HASH] = &percpu,
	[BPF_MAP_TYPE_PERCPU_ARRAY] = &percpu,
	[BPF_MAP_TYPE_STACK_TRACE] = &stacks,
	[BPF_MAP_TYPE_CGROUP_ARRAY] = &fds,
	[BPF_MAP_TYPE_LRU_HASH] = &keyed,
	[BPF_MAP_TYPE_LRU_PERCPU_HASH] = &percpu,
	[BPF_MAP_TYPE_LPM_TRIE] = &keyed,
	[BPF_MAP_TYPE_ARRAY_OF_MAPS] = &nested,
	[BPF_MAP_TYPE_HASH_OF_MAPS] = &nested,
	[BPF_MAP_TYPE_DEVMAP] = &keyed,
	[BPF_MAP_TYPE_SOCKMAP] = &sockets,
	[BPF_MAP_TYPE_CPUMAP] = &keyed,
	[BPF_MAP_TYPE_XSKMAP] = &fds,
	[BPF_MAP_TYPE_SOCKHASH] = &sockets,
	[BPF_MAP_TYPE_CGROUP_STORAGE] = &keyed,
	[BPF_MAP_TYPE_REUSEPORT_SOCKARRAY] = &sockets,
	[BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE] = &percpu,
	[BPF_MAP_TYPE_QUEUE] = &queue,
	[BPF_MAP_TYPE_STACK] = &queue,
	[BPF_MAP_TYPE_SK_STORAGE] = &storage,
	[BPF_MAP_TYPE_DEVMAP_HASH] = &keyed,
	[BPF_MAP_TYPE_INODE_STORAGE] = &storage,
	[BPF_MAP_TYPE_TASK_STORAGE] = &storage,
	[BPF_MAP_TYPE_BLOOM_FILTER] = &bloom,
	[BPF_MAP_TYPE_USER_RINGBUF] = &user_ring,
	[MAP_CGRP_STORAGE] = &storage,
	[MAP_ARENA] = &arena,
};

static const struct form *form_of(const struct bpf_map *map)
{
	size_t type = (size_t)bpf_map__type(map);

	return type < sizeof(forms) / sizeof(*forms) ? forms[type] : NULL;
}

bool gen_map_has_handle(const struct bpf_map *map)
{
	return form_of(map);
}

static bool has_key(const struct form *form)
{
	return form->arguments == KEY || form->arguments == KEY_VALUE ||
	       form->arguments == KEY_INNER;
}

static bool has_value(const struct form *form)
{
	return form->arguments == VALUE || form->arguments == KEY_VALUE;
}

/* A map declared by sizes alone has bytes for a type; but an index is a number. */
static const char *type_text(const struct gen *g, __u32 id, __u32 bytes, bool is_number,
			     char buf[GEN_DECL])
{
	if (id)
		return gen_declare(g, id, "", buf);
	if (is_number && bytes == sizeof(__u32))
		return "uint32_t";
	snprintf(buf, GEN_DECL, "unsigned char[%u]", bytes ? bytes : 1);
	return buf;
}

static bool is_indexed(const struct bpf_map *map)
{
	switch (bpf_map__type(map)) {
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_LRU_HASH:
	case BPF_MAP_TYPE_LPM_TRIE:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
	case BPF_MAP_TYPE_HASH_OF_MAPS:
	case BPF_MAP_TYPE_SOCKHASH:
		return false;
	default:
		return true;
	}
}

static bool is_redirect(const struct bpf_map *map)
{
	return bpf_map__type(map) == BPF_MAP_TYPE_DEVMAP ||
	       bpf_map__type(map) == BPF_MAP_TYPE_DEVMAP_HASH ||
	       bpf_map__type(map) == BPF_MAP_TYPE_CPUMAP;
}

static const char *key_text(const struct gen *g, const struct bpf_map *map, char buf[GEN_DECL])
{
	return type_text(g, bpf_map__btf_key_type_id(map), bpf_map__key_size(map), is_indexed(map),
			 buf);
}

static const char *value_text(const struct gen *g, const struct bpf_map *map, char buf[GEN_DECL])
{
	return type_text(g, bpf_map__btf_value_type_id(map), bpf_map__value_size(map),
			 is_redirect(map), buf);
}

static const char *record_text(const struct gen *g, const struct bpf_map *map, char buf[GEN_DECL])
{
	struct skep_ring_type ring;

	if (!skep_ring_type(g->object, bpf_map__name(map), &ring))
		return "unsigned char";
	return gen_declare(g, ring.type_id, "", buf);
}

static const struct bpf_map *inner_of(const struct bpf_map *map)
{
	/* libbpf does not take a const map. */
	return bpf_map__inner_map((struct bpf_map *)map);
}

/* What handles are made of, and with a map of maps, those of the inner maps. */
static void emit_types(struct gen *g, const struct bpf_map *map)
{
	const struct form *form = form_of(map);
	struct skep_ring_type ring;

	if (!form)
		return;
	if (form->arguments == KEY_INNER && inner_of(map))
		emit_types(g, inner_of(map));

	if (has_key(form) && bpf_map__btf_key_type_id(map))
		gen_emit_type(g, bpf_map__btf_key_type_id(map));
	if (has_value(form) && bpf_map__btf_value_type_id(map))
		gen_emit_type(g, bpf_map__btf_value_type_id(map));
	if (form->arguments == RECORD && skep_ring_type(g->object, bpf_map__name(map), &ring))
		gen_emit_type(g, ring.type_id);
}

/* `suffix` is what the typedef ends with. A map of maps has one for the inner maps first. */
static void emit_typedef(struct gen *g, const struct bpf_map *map, const char *name,
			 const char *suffix)
{
	const struct form *form = form_of(map);
	char key[GEN_DECL], value[GEN_DECL];

	if (form->arguments == KEY_INNER) {
		const struct bpf_map *inner = inner_of(map);

		if (inner && form_of(inner) && form_of(inner)->arguments != KEY_INNER)
			emit_typedef(g, inner, name, "inner");
		else
			fprintf(g->out,
				"typedef SKEP_HANDLE_(SKEP_ACCESS_RING, struct skep_no_key_, "
				"struct skep_no_key_) %s_%s_inner;\n",
				g->name, name);
	}
	fprintf(g->out, "typedef %s(", form->macro);
	if (has_key(form))
		fprintf(g->out, "%s", key_text(g, map, key));
	if (form->arguments == KEY_VALUE)
		fprintf(g->out, ", ");
	if (has_value(form))
		fprintf(g->out, "%s", value_text(g, map, value));
	if (form->arguments == KEY_INNER)
		fprintf(g->out, ", %s_%s_inner", g->name, name);
	if (form->arguments == RECORD)
		fprintf(g->out, "%s", record_text(g, map, value));
	fprintf(g->out, ") %s_%s_%s;\n", g->name, name, suffix);
}

/* --- the layouts of key and value, for maps that this object did not make --- */

/* What BTF calls something goes into a string. */
static void emit_text(const struct gen *g, const char *text)
{
	fputc('"', g->out);
	for (; *text; text++)
		fputc(isalnum((unsigned char)*text) || strchr("_.[] ", *text) ? *text : '_',
		      g->out);
	fputc('"', g->out);
}

static void emit_field(const struct gen *g, const struct skep_field *f)
{
	static const char *const kinds[] = {
		[SKEP_FIELD_ANY] = "ANY",         [SKEP_FIELD_CHAR] = "CHAR",
		[SKEP_FIELD_SIGNED] = "SIGNED",   [SKEP_FIELD_UNSIGNED] = "UNSIGNED",
		[SKEP_FIELD_BOOL] = "BOOL",       [SKEP_FIELD_FLOAT] = "FLOAT",
		[SKEP_FIELD_POINTER] = "POINTER", [SKEP_FIELD_STRUCT] = "STRUCT",
		[SKEP_FIELD_UNION] = "UNION",     [SKEP_FIELD_ENUM] = "ENUM",
	};

	fprintf(g->out, "\t\t{ ");
	emit_text(g, f->name);
	fprintf(g->out, ", SKEP_FIELD_%s, %u, %u, { %u, %u, %u }, %u, %u },\n", kinds[f->kind],
		f->offset, f->bytes, f->counts[0], f->counts[1], f->counts[2], f->bit, f->bits);
}

/* Whether there is one: not without BTF, and not for types without a field. */
static bool emit_layout(const struct gen *g, const char *part, __u32 type)
{
	SKEP_AUTO(skep_layout) *layout = NULL;

	if (!type || skep_layout_read(&layout, g->btf, type) || !layout->count)
		return false;
	fprintf(g->out, "\tstatic const struct skep_field %s_fields[] = {\n", part);
	for (size_t i = 0; i < layout->count; i++)
		emit_field(g, &layout->fields[i]);
	fprintf(g->out, "\t};\n\tstatic const struct skep_layout %s = {\n\t\tsizeof(%s), ", part,
		part);
	emit_text(g, layout->type);
	fprintf(g->out, ", %zu, sizeof(struct skep_field), %s_fields, %zu, false\n\t};\n",
		layout->bytes, part, layout->count);
	return true;
}

static void emit_shape(const struct gen *g, const struct bpf_map *map, const char *name)
{
	const struct form *form = form_of(map);
	bool key, value;

	fprintf(g->out,
		"/* What %s_open_pinned_%s() and %s_adopt_%s() compare */\n"
		"static inline const struct skep_map_shape *%s_shape_%s(void)\n{\n",
		g->name, name, g->name, name, g->name, name);
	key = has_key(form) && emit_layout(g, "key", bpf_map__btf_key_type_id(map));
	value = has_value(form) && emit_layout(g, "value", bpf_map__btf_value_type_id(map));
	fprintf(g->out,
		"\tstatic const struct skep_map_shape shape = {\n"
		"\t\tsizeof(shape), SKEP_ACCESS_%s, %u, %u, %s, %s\n\t};\n\n"
		"\treturn &shape;\n}\n\n",
		form->access, has_key(form) ? bpf_map__key_size(map) : 0,
		has_value(form) ? bpf_map__value_size(map) : 0, key ? "&key" : "NULL",
		value ? "&value" : "NULL");
}

/* A ring `pinned_x` is opened by the name that map `x` would be. */
static bool is_taken(const struct gen *g, const char *name)
{
	char ring[GEN_NAME];
	const struct skep_map *map;

	snprintf(ring, sizeof(ring), "pinned_%.400s", name);
	map = skep_object_map(g->object, ring);
	return map && bpf_map__type(skep_map_libbpf(map)) == BPF_MAP_TYPE_RINGBUF;
}

void gen_emit_handle(struct gen *g, const struct bpf_map *map, const char *suffix)
{
	const char *name = bpf_map__name(map), *n = g->name;

	emit_types(g, map);
	fprintf(g->out, "/* Map %s */\n", name);
	emit_typedef(g, map, name, suffix);
	fprintf(g->out,
		"\nstatic inline %s_%s_%s %s_map_%s(const struct %s *app)\n"
		"{\n"
		"\t%s_%s_%s handle;\n\n"
		"\thandle.map = skep_object_map(%s_const_object(app), \"%s\");\n"
		"\treturn handle;\n"
		"}\n\n",
		n, name, suffix, n, name, n, n, name, suffix, n, name);
	emit_shape(g, map, name);
	if (!is_taken(g, name))
		fprintf(g->out,
			"/* One that is pinned: kind, sizes and fields are compared */\n"
			"SKEP_MUST_USE static inline int %s_open_pinned_%s(%s_%s_%s *out,\n"
			"\tconst char *path)\n"
			"{\n"
			"\treturn skep_map_open_pinned_raw(&out->map, path, %s_shape_%s());\n"
			"}\n\n",
			n, name, n, name, suffix, n, name);
	fprintf(g->out,
		"/* One of a file descriptor, which stays the caller's */\n"
		"SKEP_MUST_USE static inline int %s_adopt_%s(%s_%s_%s *out, int fd)\n"
		"{\n"
		"\treturn skep_map_adopt_fd_raw(&out->map, fd, %s_shape_%s());\n"
		"}\n\n",
		n, name, n, name, suffix, n, name);
}
