/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Maps and programs: a typedef and a few inline functions for each. */
#include "model.h"

#include <string.h>

#include <skep/bpf_log.h>
#include <skep/rings.h>

bool gen_map_is_visible(const struct gen *g, const struct bpf_map *map)
{
	const char *name = bpf_map__name(map), *end = strstr(name, "__scratch");
	char ring[GEN_NAME];

	/* A struct_ops is attached, and has neither keys nor values of the user's. */
	if (bpf_map__is_internal(map) || bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS)
		return false;
	/* Messages: see X_log(). */
	if (!strcmp(name, "skep_log") && skep_object_has_log(g->object))
		return false;
	if (!end || end[strlen("__scratch")])
		return true;
	/* Where skep_emit_var() writes its records. */
	snprintf(ring, sizeof(ring), "%.*s", (int)(end - name), name);
	return !skep_object_map(g->object, ring);
}

void gen_emit_resize(struct gen *g, const char *name, const char *unit)
{
	fprintf(g->out,
		"SKEP_MUST_USE static inline int %s_resize_%s(struct %s *app, uint32_t %s)\n"
		"{\n"
		"\treturn skep_object_resize(%s_object(app), \"%s\", %s);\n"
		"}\n\n",
		g->name, name, g->name, unit, g->name, name, unit);
}

/*
 * The handle of map `x` is `object_x_map`, and the function that gives it `object_map_x`. For a map
 * `map`, or two maps `map_x` and `x_map`, that is one name: then the handle is `object_x_handle`.
 */
static const char *handle_suffix(const struct gen *g, const char *name)
{
	struct bpf_map *map;

	if (!strcmp(name, "map"))
		return "handle";
	if (strncmp(name, "map_", 4))
		return "map";
	bpf_object__for_each_map(map, skep_object_libbpf(g->object)) {
		const char *other = bpf_map__name(map);
		size_t length = strlen(name + 4);

		if (!strncmp(other, name + 4, length) && !strcmp(other + length, "_map"))
			return "handle";
	}
	return "map";
}

static void emit_map(struct gen *g, const struct bpf_map *map)
{
	const char *name = bpf_map__name(map);

	if (gen_map_has_handle(map))
		gen_emit_handle(g, map, handle_suffix(g, name));
	else
		fprintf(g->out, "/* Map %s is of a kind that has no handle */\n", name);
	gen_emit_resize(g, name, "entries");
}

void gen_emit_maps(struct gen *g)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, skep_object_libbpf(g->object)) {
		if (!gen_map_is_visible(g, map))
			continue;
		if (bpf_map__type(map) == BPF_MAP_TYPE_RINGBUF ||
		    skep_rings_declared(g->object, bpf_map__name(map), NULL))
			gen_emit_ring(g, map);
		else
			emit_map(g, map);
	}
}

/* A section's name inside a comment may neither begin another one nor end it, as a path with
 * wildcards would. */
static const char *section_text(const char *section, char buf[GEN_DECL])
{
	size_t used = 0;

	for (; *section && used < GEN_DECL - 2; section++) {
		bool joins = used && ((buf[used - 1] == '/' && *section == '*') ||
				      (buf[used - 1] == '*' && *section == '/'));

		if (joins)
			buf[used++] = ' ';
		buf[used++] = *section;
	}
	buf[used] = '\0';
	return buf;
}

void gen_emit_programs(struct gen *g)
{
	const struct skep_program *program = NULL;

	while ((program = skep_object_next_program(g->object, program))) {
		const char *name = skep_program_name(program), *n = g->name;
		char section[GEN_DECL];

		fprintf(g->out,
			"/* Program %s, SEC(\"%s\") */\n"
			"static inline struct skep_program *%s_program_%s(const struct %s *app)\n"
			"{\n"
			"\treturn skep_object_program(%s_const_object(app), \"%s\");\n"
			"}\n\n"
			"/* NULL while it is not attached */\n"
			"static inline struct skep_link *%s_link_%s(const struct %s *app)\n"
			"{\n"
			"\treturn skep_program_link(%s_program_%s(app));\n"
			"}\n\n",
			name, section_text(skep_program_section(program), section), n, name, n, n,
			name, n, name, n, n, name);
	}
}
