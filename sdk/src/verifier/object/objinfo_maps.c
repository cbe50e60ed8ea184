/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The maps that .BTF declares in the way of libbpf: key, value, sizes. And handlers of exceptions. */
#include "objinfo.h"

#include <linux/btf.h>

#define TYPE_BYTES    12
#define DEEPEST       32 /* typedefs of typedefs, arrays of arrays */
#define MEMBERS_MOST  32
#define HANDLERS_MOST 64

/* Where each type begins, by number; number 0 is void. */
struct types {
	const struct skep_objinfo *o;
	struct skep_extent texts;
	uint64_t *at;
	uint32_t count;
};

static uint32_t word(const struct types *t, uint32_t id, uint32_t index)
{
	return id && id < t->count ? skep_objinfo_u32(t->o, t->at[id] + 4ULL * index) : 0;
}

static uint32_t kind_of(const struct types *t, uint32_t id)
{
	return BTF_INFO_KIND(word(t, id, 1));
}

static uint32_t length_of(const struct types *t, uint32_t id)
{
	return BTF_INFO_VLEN(word(t, id, 1));
}

static const char *name_of(const struct types *t, uint32_t offset)
{
	return skep_objinfo_text(t->o, t->texts, offset);
}

/* How much follows a type's first words; -1: not a kind that we know. */
static int64_t tail_bytes(uint32_t info)
{
	int64_t n = BTF_INFO_VLEN(info);

	switch (BTF_INFO_KIND(info)) {
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		return 0;
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return 12;
	case BTF_KIND_ENUM:
	case BTF_KIND_FUNC_PROTO:
		return 8 * n;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_DATASEC:
	case BTF_KIND_ENUM64:
		return 12 * n;
	default:
		return -1;
	}
}

static bool read_types(struct skep_objinfo *o, struct types *t)
{
	const struct skep_objinfo_section *btf = skep_objinfo_section(o, ".BTF");
	uint64_t base, at, end;

	*t = (struct types){ .o = o, .count = 1 };
	if (!btf || btf->body.bytes < sizeof(struct btf_header) ||
	    skep_objinfo_u16(o, btf->body.at) != BTF_MAGIC)
		return false;
	base = btf->body.at +
	       skep_objinfo_u32(o, btf->body.at + offsetof(struct btf_header, hdr_len));
	end = btf->body.at + btf->body.bytes;
	at = base + skep_objinfo_u32(o, btf->body.at + offsetof(struct btf_header, str_off));
	t->texts.bytes = skep_objinfo_u32(o, btf->body.at + offsetof(struct btf_header, str_len));
	if (at > end || t->texts.bytes > end - at)
		return false;
	t->texts.at = at;
	at = base + skep_objinfo_u32(o, btf->body.at + offsetof(struct btf_header, type_off));
	t->at = skep_arena_alloc(&o->arena, (btf->body.bytes / TYPE_BYTES + 2) * sizeof(*t->at));
	while (t->at && at + TYPE_BYTES <= end) {
		int64_t tail = tail_bytes(skep_objinfo_u32(o, at + 4));

		if (tail < 0 || (uint64_t)tail > end - at - TYPE_BYTES)
			break;
		t->at[t->count++] = at;
		at += TYPE_BYTES + (uint64_t)tail;
	}
	return t->at;
}

static uint32_t strip(const struct types *t, uint32_t id)
{
	for (int depth = 0; depth < DEEPEST; depth++) {
		switch (kind_of(t, id)) {
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_CONST:
		case BTF_KIND_RESTRICT:
		case BTF_KIND_TYPE_TAG:
			id = word(t, id, 2);
			break;
		default:
			return id;
		}
	}
	return 0;
}

/* 0: not known. */
static uint32_t bytes_of(const struct types *t, uint32_t id)
{
	uint64_t factor = 1, bytes;

	for (int depth = 0; depth < DEEPEST; depth++) {
		id = strip(t, id);
		switch (kind_of(t, id)) {
		case BTF_KIND_ARRAY:
			factor *= word(t, id, 5);
			id = word(t, id, 3);
			if (factor > UINT32_MAX)
				return 0;
			break;
		case BTF_KIND_PTR:
			bytes = factor * 8;
			return bytes > UINT32_MAX ? 0 : (uint32_t)bytes;
		case BTF_KIND_INT:
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
		case BTF_KIND_ENUM:
		case BTF_KIND_ENUM64:
		case BTF_KIND_FLOAT:
			bytes = factor * word(t, id, 2);
			return bytes > UINT32_MAX ? 0 : (uint32_t)bytes;
		default:
			return 0;
		}
	}
	return 0;
}

/* `struct count`; NULL for what has no name of its own. */
static const char *spell(struct skep_objinfo *o, const struct types *t, uint32_t id)
{
	const char *name = name_of(t, word(t, id, 0));

	if (!*name)
		return NULL;
	switch (kind_of(t, id)) {
	case BTF_KIND_STRUCT:
		return skep_arena_printf(&o->arena, "struct %s", name);
	case BTF_KIND_UNION:
		return skep_arena_printf(&o->arena, "union %s", name);
	case BTF_KIND_ENUM:
		return skep_arena_printf(&o->arena, "enum %s", name);
	case BTF_KIND_INT:
	case BTF_KIND_TYPEDEF:
		return name;
	default:
		return NULL;
	}
}

/* `__uint(name, n)` is a pointer to an array of n, `__type(name, T)` a pointer to T. */
static void read_member(struct skep_objinfo *o, const struct types *t, const char *name,
			uint32_t id, struct skep_objinfo_map *map)
{
	uint32_t target = kind_of(t, id) == BTF_KIND_PTR ? word(t, id, 2) : 0;
	uint32_t number = kind_of(t, target) == BTF_KIND_ARRAY ? word(t, target, 5) : 0;

	if (!strcmp(name, "type")) {
		map->type = number;
	} else if (!strcmp(name, "max_entries")) {
		map->entries = number;
	} else if (!strcmp(name, "key_size")) {
		map->key_bytes = number;
	} else if (!strcmp(name, "value_size")) {
		map->value_bytes = number;
	} else if (!strcmp(name, "key")) {
		map->key_bytes = bytes_of(t, target);
	} else if (!strcmp(name, "value")) {
		map->value_bytes = bytes_of(t, target);
		map->value_type = spell(o, t, target);
	}
}

static void read_map(struct skep_objinfo *o, const struct types *t, uint32_t variable)
{
	struct skep_objinfo_map *map = &o->maps[o->map_count];
	uint32_t definition = strip(t, word(t, variable, 2));

	map->name = name_of(t, word(t, variable, 0));
	if (kind_of(t, variable) != BTF_KIND_VAR || kind_of(t, definition) != BTF_KIND_STRUCT ||
	    !*map->name)
		return;
	for (uint32_t i = 0; i < length_of(t, definition) && i < MEMBERS_MOST; i++)
		read_member(o, t, name_of(t, word(t, definition, 3 + 3 * i)),
			    word(t, definition, 4 + 3 * i), map);
	o->map_count++;
}

static void read_handlers(struct skep_objinfo *o, const struct types *t)
{
	static const char tag[] = "exception_callback:";

	for (uint32_t id = 1; id < t->count; id++) {
		const char *name = name_of(t, word(t, id, 0));
		uint32_t function = word(t, id, 2);

		if (kind_of(t, id) != BTF_KIND_DECL_TAG || kind_of(t, function) != BTF_KIND_FUNC ||
		    strncmp(name, tag, sizeof(tag) - 1) != 0)
			continue;
		if (!o->handlers)
			o->handlers =
				skep_arena_alloc(&o->arena, HANDLERS_MOST * sizeof(*o->handlers));
		if (!o->handlers || o->handler_count == HANDLERS_MOST)
			return;
		o->handlers[o->handler_count++] = (struct skep_objinfo_handler){
			.program = name_of(t, word(t, function, 0)),
			.handler = name + sizeof(tag) - 1,
		};
	}
}

void skep_objinfo_read_maps(struct skep_objinfo *o)
{
	struct types t;

	if (!read_types(o, &t))
		return;
	read_handlers(o, &t);
	for (uint32_t id = 1; id < t.count; id++) {
		uint32_t count = length_of(&t, id);

		if (kind_of(&t, id) != BTF_KIND_DATASEC ||
		    strcmp(name_of(&t, word(&t, id, 0)), ".maps") != 0)
			continue;
		o->maps = skep_arena_alloc(&o->arena, (count + 1) * sizeof(*o->maps));
		for (uint32_t i = 0; o->maps && i < count; i++)
			read_map(o, &t, word(&t, id, 3 + 3 * i));
		return;
	}
}

const struct skep_objinfo_map *skep_objinfo_map_find(const struct skep_objinfo *o, const char *name)
{
	for (size_t i = 0; i < o->map_count; i++)
		if (!strcmp(o->maps[i].name, name))
			return &o->maps[i];
	return NULL;
}
