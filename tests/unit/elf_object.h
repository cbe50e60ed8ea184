/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Finds things in a sound object, so that a test can damage them. Fails the test if not there. */
#ifndef SKEP_TESTS_UNIT_ELF_OBJECT_H
#define SKEP_TESTS_UNIT_ELF_OBJECT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <elf.h>
#include <linux/bpf.h>
#include <linux/btf.h>

struct object {
	unsigned char *data;
	size_t size;
};

static inline Elf64_Ehdr *header(struct object *o)
{
	return (void *)o->data;
}

static inline Elf64_Shdr *section_at(struct object *o, unsigned int index)
{
	return (Elf64_Shdr *)(void *)(o->data + header(o)->e_shoff) + index;
}

static inline unsigned int index_of(struct object *o, const char *name)
{
	const char *strings = (char *)o->data + section_at(o, header(o)->e_shstrndx)->sh_offset;

	for (unsigned int i = 1; i < header(o)->e_shnum; i++) {
		if (!strcmp(strings + section_at(o, i)->sh_name, name))
			return i;
	}
	fail_msg("no section %s", name);
	return 0;
}

static inline Elf64_Shdr *section(struct object *o, const char *name)
{
	return section_at(o, index_of(o, name));
}

static inline void *bytes(struct object *o, const char *name)
{
	return o->data + section(o, name)->sh_offset;
}

static inline Elf64_Sym *symbol(struct object *o, const char *name)
{
	const char *strings = bytes(o, ".strtab");
	Elf64_Sym *s = bytes(o, ".symtab");

	while (strcmp(strings + s->st_name, name) != 0)
		s++;
	return s;
}

static inline size_t btf_bytes(const struct btf_type *t)
{
	static const uint8_t fixed[] = { [BTF_KIND_INT] = 4,
					 [BTF_KIND_ARRAY] = 12,
					 [BTF_KIND_VAR] = 4,
					 [BTF_KIND_DECL_TAG] = 4,
					 [BTF_KIND_ENUM64] = 0 };
	static const uint8_t each[] = {
		[BTF_KIND_STRUCT] = 12,    [BTF_KIND_UNION] = 12,   [BTF_KIND_ENUM] = 8,
		[BTF_KIND_FUNC_PROTO] = 8, [BTF_KIND_DATASEC] = 12, [BTF_KIND_ENUM64] = 12
	};
	uint32_t kind = BTF_INFO_KIND(t->info);

	return sizeof(*t) + fixed[kind] + (size_t)each[kind] * BTF_INFO_VLEN(t->info);
}

/* The first type of that kind, and of that name unless NULL; its id, too. */
static inline struct btf_type *type_of(struct object *o, uint32_t kind, const char *name,
				       uint32_t *id)
{
	struct btf_header *h = bytes(o, ".BTF");
	unsigned char *types = (unsigned char *)h + h->hdr_len + h->type_off;
	const char *strings = (char *)h + h->hdr_len + h->str_off;
	uint32_t number = 1;

	for (size_t at = 0; at < h->type_len; number++) {
		struct btf_type *t = (void *)(types + at);

		if (id)
			*id = number;
		if (BTF_INFO_KIND(t->info) == kind &&
		    (!name || !strcmp(strings + t->name_off, name)))
			return t;
		at += btf_bytes(t);
	}
	fail_msg("no BTF type %s of kind %u", name ? name : "", kind);
	return NULL;
}

#endif
