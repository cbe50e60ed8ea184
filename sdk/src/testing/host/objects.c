// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The objects whose programs are hosted. What a map is stands in the types of the object that was
 * compiled for BPF; where it is, in the symbols of the test.
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <skep/object.h>

#include "host.h"

/* A variable, and what it was at the start. */
struct variable {
	void *address;
	size_t bytes;
	void *copy;
};

static struct skep_host_symbols symbols;
static struct variable *variables;
static size_t variable_count;
static char problem[512]; /* said when a test asks: before main() nobody can fail one */

const struct skep_host_symbol *skep_host_symbol_global(const char *name)
{
	for (size_t i = 0; i < symbols.count; i++)
		if (symbols.list[i].is_global && !strcmp(symbols.list[i].name, name))
			return &symbols.list[i];
	return NULL;
}

const char *skep_host_symbol_name(const void *address)
{
	for (size_t i = 0; i < symbols.count; i++)
		if (symbols.list[i].is_function && symbols.list[i].address == address)
			return symbols.list[i].name;
	return "a program";
}

static const struct btf_type *without_modifiers(const struct btf *btf, __u32 id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	while (t && (btf_is_mod(t) || btf_is_typedef(t)))
		t = btf__type_by_id(btf, t->type);
	return t;
}

/* The byte at which a member of this name, or of a struct of this name, begins; -1: none. */
static long member_at(const struct btf *btf, const struct btf_type *t, const char *name,
		      bool of_type)
{
	if (!t || !btf_is_composite(t))
		return -1;
	for (__u32 i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = btf_members(t) + i;
		const struct btf_type *type = without_modifiers(btf, m->type);
		__u32 text = of_type && type ? type->name_off : m->name_off;
		const char *found = btf__name_by_offset(btf, text);

		if (found && !strcmp(found, name))
			return btf_member_bit_offset(t, i) / 8;
	}
	return -1;
}

/* The type of a variable of this name, by its section for maps. */
static const struct btf_type *type_of_variable(const struct btf *btf, const char *name)
{
	__s32 id = btf__find_by_name_kind(btf, name, BTF_KIND_VAR);

	return id > 0 ? without_modifiers(btf, btf__type_by_id(btf, (__u32)id)->type) : NULL;
}

static void describe(struct skep_host_map *map, const struct bpf_map *from, const struct btf *btf,
		     size_t bytes)
{
	const struct btf_type *value = without_modifiers(btf, bpf_map__btf_value_type_id(from));
	long lock = member_at(btf, value, "bpf_spin_lock", true);
	long values = member_at(btf, type_of_variable(btf, map->name), "values", false);

	map->has_lock = lock >= 0;
	map->lock_at = lock >= 0 ? (size_t)lock : 0;
	if (values > 0 && (size_t)values < bytes) {
		map->values_at = (size_t)values;
		map->values_count = (bytes - map->values_at) / sizeof(void *);
	}
}

static struct skep_host_map_def def_of(const struct bpf_map *map)
{
	return (struct skep_host_map_def){
		.type = bpf_map__type(map),
		.key_size = bpf_map__key_size(map),
		.value_size = bpf_map__value_size(map),
		.max_entries = bpf_map__max_entries(map),
		.flags = bpf_map__map_flags(map),
	};
}

static int add_map(const struct bpf_map *from, const struct btf *btf)
{
	const char *name = bpf_map__name(from);
	const struct skep_host_symbol *symbol = skep_host_symbol_global(name);
	struct skep_host_map_def def = def_of(from);
	struct bpf_map *inner = bpf_map__inner_map((struct bpf_map *)from);
	struct skep_host_map *map;

	/* The linker leaves out what no program uses. */
	if (!symbol)
		return 0;
	map = skep_host_map_add(name, &def);
	map->address = symbol->address;
	describe(map, from, btf, symbol->bytes);
	if (inner) {
		map->inner = calloc(1, sizeof(*map->inner));
		if (!map->inner)
			return skep_error_set(ENOMEM, NULL, "no memory");
		map->inner->def = def_of(inner);
	}
	return 0;
}

/* The size of what is named so: with a sanitizer, a symbol's has the room behind it, too. */
static size_t size_of(const struct btf *btf, const char *name)
{
	size_t least = 0;

	for (__u32 id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);
		__s64 size;

		if (!btf_is_var(t) || strcmp(btf__name_by_offset(btf, t->name_off), name))
			continue;
		size = btf__resolve_size(btf, t->type);
		if (size > 0 && (!least || (size_t)size < least))
			least = (size_t)size;
	}
	return least;
}

/* A static variable of a function is named `function.variable`, maybe with a number. */
static size_t variable_bytes(const struct btf *btf, const struct skep_host_symbol *symbol)
{
	const char *dot = strchr(symbol->name, '.');
	char name[SKEP_HOST_NAME_ROOM * 2];
	size_t bytes;

	if (symbol->is_function || skep_host_map_at(symbol->address))
		return 0;
	bytes = size_of(btf, symbol->name);
	if (!bytes && dot && !symbol->is_global) {
		snprintf(name, sizeof(name), "%s", dot + 1);
		name[strcspn(name, ".")] = '\0';
		bytes = size_of(btf, name);
	}
	return bytes < symbol->bytes ? bytes : symbol->bytes;
}

static int note_variable(void *address, size_t bytes)
{
	struct variable *list = realloc(variables, (variable_count + 1) * sizeof(*list));
	void *copy = malloc(bytes);

	if (list)
		variables = list;
	if (!list || !copy) {
		free(copy);
		return skep_error_set(ENOMEM, NULL, "no memory");
	}
	memcpy(copy, address, bytes);
	list[variable_count++] = (struct variable){ address, bytes, copy };
	return 0;
}

static int note_variables(const char *stem, const struct btf *btf)
{
	char file[SKEP_HOST_NAME_ROOM * 2];
	int err = 0;

	snprintf(file, sizeof(file), "%s.bpf.c", stem);
	for (size_t i = 0; i < symbols.count && !err; i++) {
		const struct skep_host_symbol *symbol = &symbols.list[i];
		const char *from = symbol->file ? symbols.files[symbol->file - 1] : "";
		size_t bytes =
			symbol->is_global || !strcmp(from, file) ? variable_bytes(btf, symbol) : 0;

		if (bytes)
			err = note_variable(symbol->address, bytes);
	}
	return err;
}

static int read_object(const char *stem, const void *bytes, size_t size)
{
	SKEP_AUTO(skep_object) *opened = NULL;
	const struct bpf_object *libbpf;
	const struct bpf_map *map = NULL;
	const struct btf *btf;
	int err = skep_object_open_mem(&opened, bytes, size, NULL);

	if (err)
		return err;
	libbpf = skep_object_libbpf(opened);
	btf = bpf_object__btf(libbpf);
	if (!btf)
		return skep_error_set(ENOEXEC, "compile it with -g", "%s.bpf.c has no types", stem);
	while (!err && (map = bpf_object__next_map(libbpf, map)))
		if (!bpf_map__is_internal(map))
			err = add_map(map, btf);
	return err ? err : note_variables(stem, btf);
}

void skep_host_register(const char *stem, const char *anchor, const void *bytes, size_t size)
{
	const struct skep_error *why = skep_error_last();
	int err = symbols.list ? 0 : skep_host_symbols_read(&symbols, anchor, bytes);

	if (!err)
		err = read_object(stem, bytes, size);
	if (err)
		snprintf(problem, sizeof(problem), "%s.bpf.c cannot be hosted: %s%s%s", stem,
			 why->message, why->hint ? "; " : "", why->hint ? why->hint : "");
	else
		skep_host_maps_clear();
}

void skep_host_objects_ready(void)
{
	if (*problem)
		skep_host_fail("%s", problem);
}

/* Constants too: their pages are made writable. */
static void write_memory(void *to, const void *from, size_t bytes)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), at = (uintptr_t)to & ~(page - 1);

	if (mprotect((void *)at, (uintptr_t)to + bytes - at, PROT_READ | PROT_WRITE)) // NOLINT
		skep_host_fail("cannot write a constant: %s", strerror(errno));
	memcpy(to, from, bytes);
}

void skep_host_variables_restore(void)
{
	for (size_t i = 0; i < variable_count; i++)
		if (memcmp(variables[i].address, variables[i].copy, variables[i].bytes))
			write_memory(variables[i].address, variables[i].copy, variables[i].bytes);
}

void skep_host_set_const_raw(const volatile void *constant, const void *value, size_t bytes)
{
	skep_host_objects_ready();
	write_memory((void *)(uintptr_t)constant, value, bytes); // NOLINT: it is meant
}
