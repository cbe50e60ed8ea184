/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Maps, rings and programs: a typedef and a few inline functions for each. */
#include "model.h"

#include <string.h>

#include <skep/ring.h>
#include <skep/rings.h>

bool gen_map_is_visible(const struct gen *g, const struct bpf_map *map)
{
	const char *name = bpf_map__name(map), *end = strstr(name, "__scratch");
	char ring[GEN_NAME];

	/* A struct_ops is attached, and has neither keys nor values of the user's. */
	if (bpf_map__is_internal(map) || bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS)
		return false;
	if (!end || end[strlen("__scratch")])
		return true;
	/* Where skep_emit_var() writes its records. */
	snprintf(ring, sizeof(ring), "%.*s", (int)(end - name), name);
	return !skep_object_map(g->object, ring);
}

static void emit_resize(struct gen *g, const char *name, const char *unit)
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
	emit_resize(g, name, "entries");
}

/* The loop calls one function with a closure; it calls the user's with the right type. */
static void emit_on(struct gen *g, const char *name, const char *type, bool variable)
{
	const char *n = g->name;
	const char *parameters = variable ? "size_t bytes, void *ctx" : "void *ctx";
	const char *types = variable ? "size_t, void *" : "void *";

	fprintf(g->out,
		"struct %s_on_%s_ {\n"
		"\tint (*fn)(const %s *record, %s);\n"
		"\tvoid *ctx;\n"
		"};\n\n",
		n, name, type, parameters);
	fprintf(g->out,
		"static inline int %s_call_%s_(const void *record, size_t bytes, void *closure)\n"
		"{\n"
		"\tconst struct %s_on_%s_ *on = (const struct %s_on_%s_ *)closure;\n\n"
		"%s"
		"\treturn on->fn((const %s *)record, %son->ctx);\n"
		"}\n\n",
		n, name, n, name, n, name, variable ? "" : "\t(void)bytes;\n", type,
		variable ? "bytes, " : "");
	fprintf(g->out,
		"SKEP_MUST_USE static inline int %s_on_%s(struct %s *app, struct skep_loop *loop,\n"
		"\tint (*fn)(const %s *record, %s), void *ctx)\n"
		"{\n"
		"\tconst struct %s_on_%s_ closure = { fn, ctx };\n\n"
		"\treturn skep_gen_on(%s_object(app), loop, \"%s\", sizeof(%s),\n"
		"\t\t\t   %s_call_%s_, &closure, sizeof(closure));\n"
		"}\n\n",
		n, name, n, type, parameters, n, name, n, name, type, n, name);
	/* A macro of the same name: C would only warn of another function's type. */
	fprintf(g->out,
		"#ifndef __cplusplus\n"
		"#define %s_on_%s(app, loop, fn, ctx) \\\n"
		"\t%s_on_%s((app), (loop), SKEP_GEN_HANDLER_(fn, int(const %s *, %s), \\\n"
		"\t\t\"skep: this handler is not int fn(const %s *, %s)\"), (ctx))\n"
		"#endif\n\n",
		n, name, n, name, type, types, type, types);
}

static void emit_ring(struct gen *g, const struct bpf_map *map)
{
	const char *name = bpf_map__name(map), *n = g->name;
	const bool many = skep_rings_declared(g->object, name, NULL);
	const char *handle = many ? "RINGS" : "RING", *noun = many ? "rings" : "ring";
	struct skep_ring_type ring;
	char type[GEN_DECL], text[GEN_DECL];

	if (!skep_ring_type(g->object, name, &ring)) {
		fprintf(g->out, "/* Ring %s is declared without a type: see skep_ring_open() */\n",
			name);
		emit_resize(g, name, "bytes");
		return;
	}
	gen_emit_type(g, ring.type_id);
	gen_declare(g, ring.type_id, "", text);
	/* `const char[16] *record` is not C. */
	snprintf(type, sizeof(type), strchr(text, '[') ? "__typeof__(%.*s)" : "%.*s", GEN_DECL - 16,
		 text);
	fprintf(g->out,
		"/* %s %s */\n"
		"typedef SKEP_%s(%s) %s_%s_%s;\n\n"
		"SKEP_MUST_USE static inline int %s_open_%s(const struct %s *app, %s_%s_%s *out,\n"
		"\tconst struct skep_ring_opts *opts)\n"
		"{\n"
		"\treturn skep_%s_open_raw(&out->%s, %s_const_object(app), \"%s\", sizeof(%s), opts);\n"
		"}\n\n",
		many ? "Rings" : "Ring", name, handle, type, n, name, noun, n, name, n, n, name,
		noun, noun, noun, n, name, type);
	emit_on(g, name, type, ring.most_bytes > ring.bytes);
	emit_resize(g, name, "bytes");
}

void gen_emit_maps(struct gen *g)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, skep_object_libbpf(g->object)) {
		if (!gen_map_is_visible(g, map))
			continue;
		if (bpf_map__type(map) == BPF_MAP_TYPE_RINGBUF ||
		    skep_rings_declared(g->object, bpf_map__name(map), NULL))
			emit_ring(g, map);
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
