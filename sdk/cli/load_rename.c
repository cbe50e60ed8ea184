/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Renames an extern function or variable in the BTF of an object, in place: its name then begins
 * one character later. libbpf refuses even weak ones whose types are not those of the kernel;
 * under a name that no kernel has, it is only missing.
 */
#include <linux/btf.h>
#include <string.h>

#include "load.h"

/* What follows a type of a kind, for each of its `vlen` parts, or once. */
static size_t behind(uint32_t kind, uint32_t vlen)
{
	switch (kind) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_DATASEC:
	case BTF_KIND_ENUM64:
		return 12 * (size_t)vlen;
	case BTF_KIND_ENUM:
	case BTF_KIND_FUNC_PROTO:
		return 8 * (size_t)vlen;
	default:
		return 0;
	}
}

static bool is_extern(const struct btf_type *type)
{
	uint32_t linkage;

	if (BTF_INFO_KIND(type->info) == BTF_KIND_FUNC)
		return BTF_INFO_VLEN(type->info) == BTF_FUNC_EXTERN;
	if (BTF_INFO_KIND(type->info) != BTF_KIND_VAR)
		return false;
	memcpy(&linkage, type + 1, sizeof(linkage));
	return linkage == BTF_VAR_GLOBAL_EXTERN;
}

bool load_rename_extern(unsigned char *btf, size_t bytes, const char *name)
{
	const struct btf_header *header = (const void *)btf;
	size_t length = strlen(name) + 1, at, end, texts;

	if (bytes < sizeof(*header) || header->magic != BTF_MAGIC)
		return false;
	at = (size_t)header->hdr_len + header->type_off;
	end = at + header->type_len;
	texts = (size_t)header->hdr_len + header->str_off;
	if (end > bytes || texts > bytes || header->str_len > bytes - texts || at % 4)
		return false;
	while (at + sizeof(struct btf_type) + 4 <= end) {
		struct btf_type *type = (void *)(btf + at);

		if (is_extern(type) && type->name_off <= header->str_len &&
		    length <= header->str_len - type->name_off &&
		    !memcmp(btf + texts + type->name_off, name, length)) {
			type->name_off++;
			return true;
		}
		at += sizeof(*type) + behind(BTF_INFO_KIND(type->info), BTF_INFO_VLEN(type->info));
	}
	return false;
}
