/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Rings: a typedef, what opens them, and what calls a typed handler for each record. */
#include "model.h"

#include <string.h>

#include <skep/ring.h>
#include <skep/rings.h>

#include "gen.h"

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

/* `const char[16] *record` is not C. */
static const char *pointed(const char *text, char type[GEN_DECL])
{
	snprintf(type, GEN_DECL, strchr(text, '[') ? "__typeof__(%.*s)" : "%.*s", GEN_DECL - 16,
		 text);
	return type;
}

static void emit_open(struct gen *g, const char *name, const char *type, bool is_tagged)
{
	const bool many = skep_rings_declared(g->object, name, NULL);
	const char *noun = many ? "rings" : "ring", *n = g->name;
	const char *opener = !is_tagged ? noun : many ? "tagged_rings" : "tagged";

	fprintf(g->out,
		"/* %s %s%s */\n"
		"typedef SKEP_%s%s(%s) %s_%s_%s;\n\n"
		"SKEP_MUST_USE static inline int %s_open_%s(const struct %s *app, %s_%s_%s *out,\n"
		"\tconst struct skep_ring_opts *opts)\n"
		"{\n"
		"\treturn skep_%s_open_raw(&out->%s, %s_const_object(app), \"%s\", sizeof(%s), opts);\n"
		"}\n\n",
		many ? "Rings" : "Ring", name, is_tagged ? ", of records of several types" : "",
		is_tagged ? "TAGGED_" : "", many ? "RINGS" : "RING", type, n, name, noun, n, name,
		n, n, name, noun, opener, noun, n, name, type);
}

/* One member of a tagged ring's union. */
struct tag {
	const char *name;
	char label[GEN_DECL]; /* "" where neither the object nor a header knows the number */
	char type[GEN_DECL];  /* of its records */
};

static void read_tag(const struct gen *g, __u32 union_id, __u32 i, struct tag *tag)
{
	__u32 base_id = union_id;
	const struct btf_member *m = &btf_members(gen_base(g, &base_id))[i];
	char text[GEN_DECL], all[GEN_DECL];
	int number;

	tag->name = btf__name_by_offset(g->btf, m->name_off);
	number = gen_tagged_number(g->btf, union_id, tag->name);
	if (number >= 0)
		snprintf(tag->label, sizeof(tag->label), "%d", number);
	else
		snprintf(tag->label, sizeof(tag->label), "%s",
			 gen_is_shared(g, union_id) ? tag->name : "");
	gen_declare(g, m->type, "", text);
	if (strchr(text, '[') || strstr(text, "__anonymous_"))
		snprintf(tag->type, sizeof(tag->type), "__typeof__(((%.900s *)0)->%.900s)",
			 gen_declare(g, union_id, "", all), tag->name);
	else
		snprintf(tag->type, sizeof(tag->type), "%s", text);
}

static void emit_handlers(struct gen *g, const char *name, __u32 union_id, __u32 count)
{
	bool any = false;
	struct tag tag;

	fprintf(g->out,
		"/* What %s_on_%s() calls for records of each type; NULL: they are refused */\n"
		"struct %s_%s_handlers {\n",
		g->name, name, g->name, name);
	for (__u32 i = 0; i < count; i++) {
		read_tag(g, union_id, i, &tag);
		any |= *tag.label;
		if (*tag.label)
			fprintf(g->out, "\tint (*%s)(const %s *record, void *ctx);\n", tag.name,
				tag.type);
		else
			fprintf(g->out, "\t/* no %s: this object never writes it */\n", tag.name);
	}
	if (!any)
		fprintf(g->out, "\tint none_;\n");
	fprintf(g->out,
		"};\n\n"
		"struct %s_on_%s_ {\n\tstruct %s_%s_handlers on;\n\tvoid *ctx;\n};\n\n",
		g->name, name, g->name, name);
}

/* As SKEP_TAGGED() writes it, but the handlers are known at run time. */
static void emit_dispatch(struct gen *g, const char *name, __u32 union_id, __u32 count)
{
	const char *n = g->name;
	struct tag tag;

	fprintf(g->out,
		"static inline int %s_call_%s_(struct skep_tagged_call *call)\n"
		"{\n"
		"\tconst struct %s_on_%s_ *all = (const struct %s_on_%s_ *)call->ctx;\n\n"
		"\t(void)all;\n"
		"\tswitch (call->tag) {\n",
		n, name, n, name, n, name);
	for (__u32 i = 0; i < count; i++) {
		read_tag(g, union_id, i, &tag);
		if (!*tag.label)
			continue;
		fprintf(g->out,
			"\tcase %s:\n"
			"\t\tif (!all->on.%s)\n\t\t\tbreak;\n"
			"\t\tcall->expected = sizeof(%s);\n"
			"\t\tif (call->bytes != call->expected)\n\t\t\tbreak;\n"
			"\t\tcall->taken = true;\n"
			"\t\treturn all->on.%s((const %s *)call->record, all->ctx);\n",
			tag.label, tag.name, tag.type, tag.name, tag.type);
	}
	fprintf(g->out, "\tdefault:\n\t\tbreak;\n\t}\n\treturn 0;\n}\n\n");
}

static void emit_tagged(struct gen *g, const char *name, __u32 union_id)
{
	__u32 base_id = union_id, count = btf_vlen(gen_base(g, &base_id));
	char type[GEN_DECL];
	const char *n = g->name;

	gen_emit_type(g, union_id);
	gen_declare(g, union_id, "", type);
	emit_open(g, name, type, true);
	emit_handlers(g, name, union_id, count);
	emit_dispatch(g, name, union_id, count);
	fprintf(g->out,
		"SKEP_MUST_USE static inline int %s_on_%s(struct %s *app, struct skep_loop *loop,\n"
		"\tconst struct %s_%s_handlers *on, void *ctx)\n"
		"{\n"
		"\tconst struct skep_tagged tagged = { %s_call_%s_ };\n"
		"\tconst struct %s_on_%s_ closure = { *on, ctx };\n\n"
		"\treturn skep_gen_on_tagged(%s_object(app), loop, \"%s\", sizeof(%s), &tagged,\n"
		"\t\t\t\t  &closure, sizeof(closure));\n"
		"}\n\n",
		n, name, n, n, name, n, name, n, name, n, name, type);
}

/* Whether it was compiled with SKEP_WITH_PERF: then it has a constant that chooses. */
static bool can_be_perf(const struct gen *g, const char *name)
{
	int section = btf__find_by_name_kind(g->btf, ".rodata.skep", BTF_KIND_DATASEC);
	const struct btf_type *t = section > 0 ? btf__type_by_id(g->btf, (__u32)section) : NULL;
	char constant[GEN_NAME];

	snprintf(constant, sizeof(constant), "%.64s__perf", name);
	for (__u32 i = 0; t && i < btf_vlen(t); i++) {
		const struct btf_type *var = btf__type_by_id(g->btf, btf_var_secinfos(t)[i].type);

		if (!strcmp(btf__name_by_offset(g->btf, var->name_off), constant))
			return true;
	}
	return false;
}

static void emit_perf(struct gen *g, const char *name)
{
	fprintf(g->out,
		"/* Perf buffers in the place of it; before load only */\n"
		"SKEP_MUST_USE static inline int %s_use_perf_%s(struct %s *app)\n"
		"{\n"
		"\treturn skep_perf_use(%s_object(app), \"%s\");\n"
		"}\n\n",
		g->name, name, g->name, g->name, name);
}

void gen_emit_ring(struct gen *g, const struct bpf_map *map)
{
	const char *name = bpf_map__name(map);
	struct skep_ring_type ring;
	char type[GEN_DECL], text[GEN_DECL];
	__u32 all;

	if (!skep_ring_type(g->object, name, &ring)) {
		fprintf(g->out, "/* Ring %s is declared without a type: see skep_ring_open() */\n",
			name);
		gen_emit_resize(g, name, "bytes");
		return;
	}
	all = gen_tagged_union(g->btf, ring.type_id);
	if (all) {
		emit_tagged(g, name, all);
	} else {
		gen_emit_type(g, ring.type_id);
		pointed(gen_declare(g, ring.type_id, "", text), type);
		emit_open(g, name, type, false);
		emit_on(g, name, type, ring.most_bytes > ring.bytes);
	}
	gen_emit_resize(g, name, "bytes");
	if (can_be_perf(g, name))
		emit_perf(g, name);
}
