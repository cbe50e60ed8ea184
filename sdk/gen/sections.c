/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Constants and global variables: a struct for each section, and a getter for its memory. */
#include "model.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Section -> what the user calls it. Others are the compiler's or skep's own. */
static bool accessor_name(const char *section, char *name, size_t room)
{
	static const struct {
		const char *section, *name;
	} known[] = { { ".rodata", "consts" }, { ".data", "data" }, { ".bss", "bss" } };

	if (!strncmp(section, ".rodata.str", 11) || !strcmp(section, ".data.skep") ||
	    !strcmp(section, ".data.skep_test") || !strcmp(section, ".rodata.skep") ||
	    strpbrk(section, "\"\\\n"))
		return false;
	for (size_t i = 0; i < 3; i++) {
		size_t n = strlen(known[i].section);

		if (strncmp(section, known[i].section, n) || (section[n] && section[n] != '.'))
			continue;
		snprintf(name, room, "%s%s", known[i].name, section + n);
		for (char *c = name; *c; c++)
			if (!isalnum((unsigned char)*c))
				*c = '_';
		return true;
	}
	return false;
}

static int by_offset(const void *a, const void *b)
{
	__u32 x = ((const struct gen_member *)a)->bit_offset;
	__u32 y = ((const struct gen_member *)b)->bit_offset;

	return x < y ? -1 : x > y;
}

/* The section's global variables in memory order; static ones belong to the program alone. */
static size_t list_globals(const struct gen *g, const struct btf_type *section,
			   struct gen_member *list)
{
	const struct btf_var_secinfo *info = btf_var_secinfos(section);
	size_t count = 0;

	for (__u32 i = 0; i < btf_vlen(section); i++, info++) {
		const struct btf_type *var = btf__type_by_id(g->btf, info->type);

		if (btf_var(var)->linkage == BTF_VAR_STATIC)
			continue;
		list[count++] = (struct gen_member){
			.name = btf__name_by_offset(g->btf, var->name_off),
			.type = var->type,
			.bit_offset = info->offset * 8,
		};
	}
	qsort(list, count, sizeof(*list), by_offset);
	return count;
}

static void emit_struct(struct gen *g, const char *name, struct gen_member *list, size_t count)
{
	const struct gen_members members = { .list = list, .count = count };

	for (size_t i = 0; i < count; i++)
		gen_emit_type(g, list[i].type);
	g->pads = 0;
	fprintf(g->out, "struct %s_%s {\n", g->name, name);
	gen_emit_members(g, &members, 1);
	fprintf(g->out, "};\n");
	for (size_t i = 0; i < count; i++) {
		char field[GEN_DECL];

		if (!gen_size_of(g, list[i].type))
			continue;
		fprintf(g->out, "SKEP_GEN_FIELD_(struct %s_%s, %s, %u, %u);\n", g->name, name,
			gen_field_name(list[i].name, field), list[i].bit_offset / 8,
			gen_size_of(g, list[i].type));
	}
}

static void emit_getter(struct gen *g, const char *section, const char *name)
{
	bool constant = !strncmp(section, ".rodata", 7);

	fprintf(g->out,
		"\n/* %s */\n"
		"static inline struct %s_%s *%s_%s(struct %s *app)\n"
		"{\n"
		"\treturn (struct %s_%s *)skep_object_section(%s_object(app), \"%s\", NULL);\n"
		"}\n\n",
		constant ? "Set before load; read-only memory afterwards."
			 : "Initial values before load; the program's own memory afterwards.",
		g->name, name, g->name, name, g->name, g->name, name, g->name, section);
}

static void emit_section(struct gen *g, const struct btf_type *section)
{
	const char *title = btf__name_by_offset(g->btf, section->name_off);
	struct gen_member *list;
	char name[GEN_NAME];
	size_t count;

	if (!accessor_name(title, name, sizeof(name)))
		return;
	list = calloc(btf_vlen(section) + 1U, sizeof(*list));
	if (!list)
		return;
	count = list_globals(g, section, list);
	if (count) {
		emit_struct(g, name, list, count);
		emit_getter(g, title, name);
	}
	free(list);
}

void gen_emit_sections(struct gen *g)
{
	for (__u32 id = 1; g->btf && id < btf__type_cnt(g->btf); id++) {
		const struct btf_type *t = btf__type_by_id(g->btf, id);

		if (btf_is_datasec(t))
			emit_section(g, t);
	}
}
