/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What C and C++ can take for a name. */
#include "model.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skep/error.h>

/* Sorted. Those of C, of C++, and the macros that compilers define without being asked. */
static const char *const keywords[] = {
	"alignas",
	"alignof",
	"and",
	"and_eq",
	"asm",
	"auto",
	"bitand",
	"bitor",
	"bool",
	"break",
	"case",
	"catch",
	"char",
	"char16_t",
	"char32_t",
	"char8_t",
	"class",
	"co_await",
	"co_return",
	"co_yield",
	"compl",
	"concept",
	"const",
	"const_cast",
	"consteval",
	"constexpr",
	"constinit",
	"continue",
	"decltype",
	"default",
	"delete",
	"do",
	"double",
	"dynamic_cast",
	"else",
	"enum",
	"errno",
	"explicit",
	"export",
	"extern",
	"false",
	"float",
	"for",
	"friend",
	"goto",
	"if",
	"inline",
	"int",
	"linux",
	"long",
	"mutable",
	"namespace",
	"new",
	"noexcept",
	"not",
	"not_eq",
	"nullptr",
	"operator",
	"or",
	"or_eq",
	"private",
	"protected",
	"public",
	"register",
	"reinterpret_cast",
	"requires",
	"restrict",
	"return",
	"short",
	"signed",
	"sizeof",
	"static",
	"static_assert",
	"static_cast",
	"struct",
	"switch",
	"template",
	"this",
	"thread_local",
	"throw",
	"true",
	"try",
	"typedef",
	"typeid",
	"typename",
	"typeof",
	"typeof_unqual",
	"union",
	"unix",
	"unsigned",
	"using",
	"virtual",
	"void",
	"volatile",
	"wchar_t",
	"while",
	"xor",
	"xor_eq",
};

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool gen_is_keyword(const char *name)
{
	return bsearch(&name, keywords, sizeof(keywords) / sizeof(keywords[0]), sizeof(keywords[0]),
		       compare);
}

const char *gen_field_name(const char *name, char buf[GEN_DECL])
{
	snprintf(buf, GEN_DECL, "%s%s", name, gen_is_keyword(name) ? "_" : "");
	gen_make_identifier(buf);
	return buf;
}

void gen_make_identifier(char *name)
{
	for (; *name; name++)
		if (!isalnum((unsigned char)*name))
			*name = '_';
}

static bool is_identifier(const char *name)
{
	if (!*name || isdigit((unsigned char)*name) || strlen(name) >= GEN_NAME)
		return false;
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && *name != '_')
			return false;
	return true;
}

static int refuse(const char *what, const char *name)
{
	size_t length = strlen(name);

	if (length >= GEN_NAME)
		return skep_error_set(E2BIG, "give it a shorter name",
				      "the name of %s has %zu letters, more than %d: %.40s...",
				      what, length, GEN_NAME - 1, name);
	return skep_error_set(EINVAL, "give it a name of letters, digits and _",
			      "%s is named '%s', which is no name in C", what, name);
}

/* How types and fields are spelled does not matter: other languages have their own ideas. */
static int check_type(const struct gen *g, const struct btf_type *t)
{
	const char *name = btf__name_by_offset(g->btf, t->name_off);

	if (strlen(name) >= GEN_NAME)
		return refuse("a type or variable", name);
	for (__u32 i = 0; btf_is_composite(t) && i < btf_vlen(t); i++) {
		name = btf__name_by_offset(g->btf, btf_members(t)[i].name_off);
		if (strlen(name) >= GEN_NAME)
			return refuse("a field", name);
	}
	return 0;
}

int gen_check_names(const struct gen *g)
{
	const struct skep_program *program = NULL;
	struct bpf_map *map;
	int err = 0;

	for (__u32 id = 1; g->btf && !err && id < btf__type_cnt(g->btf); id++)
		err = check_type(g, btf__type_by_id(g->btf, id));
	bpf_object__for_each_map(map, skep_object_libbpf(g->object))
		if (!err && gen_map_is_visible(g, map) && !is_identifier(bpf_map__name(map)))
			err = refuse("a map", bpf_map__name(map));
	while (!err && (program = skep_object_next_program(g->object, program)))
		if (!is_identifier(skep_program_name(program)))
			err = refuse("a program", skep_program_name(program));
	return err;
}
