/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * .BTF: the header, and a walk over all types. Afterwards each type lies wholly within the
 * section, each type id exists and is of a kind that may stand there, and each name is within
 * the strings. What a type is made of, rule by rule, is in `kinds`.
 */
#include "elf_check_parts.h"

#include <errno.h>

#define INFO_UNUSED 0x60ff0000U /* bits 16-23 and 29-30 of btf_type.info */

typedef int (*rule_fn)(const struct skep_elf *e, uint32_t id, const struct btf_type *t);

static int check_int(const struct skep_elf *e, uint32_t id, const struct btf_type *t);
static int check_enum(const struct skep_elf *e, uint32_t id, const struct btf_type *t);
static int check_func(const struct skep_elf *e, uint32_t id, const struct btf_type *t);
static int check_var(const struct skep_elf *e, uint32_t id, const struct btf_type *t);
static int check_tag(const struct skep_elf *e, uint32_t id, const struct btf_type *t);

/* What may stand where a type id is. */
enum target {
	NO_TARGET,
	DATA_TYPE,
	PROTO_TYPE,
	ANY_TYPE,
	VARIABLE_TYPE
};

/*
 * A type is a struct btf_type, `fixed` bytes, and vlen elements of `each` bytes. Elements and
 * fixed parts are 32-bit words, some of which are names or type ids.
 */
static const struct kind {
	const char *name;
	uint8_t fixed;
	uint8_t each;
	bool named; /* it must have a name */
	bool has_vlen;
	bool name_word;     /* the first word of an element is a name */
	uint8_t type_words; /* a bit per word of an element, or of the fixed part */
	enum target target; /* what btf_type.type may be */
	enum target inner;  /* what the type words may be */
	rule_fn rule;
} kinds[] = {
	[BTF_KIND_INT] = { .name = "INT", .fixed = 4, .rule = check_int },
	[BTF_KIND_PTR] = { .name = "PTR", .target = DATA_TYPE },
	[BTF_KIND_ARRAY] = { .name = "ARRAY",
			     .fixed = sizeof(struct btf_array),
			     .type_words = 3,
			     .inner = DATA_TYPE },
	[BTF_KIND_STRUCT] = { .name = "STRUCT",
			      .each = sizeof(struct btf_member),
			      .has_vlen = true,
			      .name_word = true,
			      .type_words = 2,
			      .inner = DATA_TYPE },
	[BTF_KIND_UNION] = { .name = "UNION",
			     .each = sizeof(struct btf_member),
			     .has_vlen = true,
			     .name_word = true,
			     .type_words = 2,
			     .inner = DATA_TYPE },
	[BTF_KIND_ENUM] = { .name = "ENUM",
			    .each = sizeof(struct btf_enum),
			    .has_vlen = true,
			    .name_word = true,
			    .rule = check_enum },
	[BTF_KIND_FWD] = { .name = "FWD" },
	[BTF_KIND_TYPEDEF] = { .name = "TYPEDEF", .named = true, .target = DATA_TYPE },
	[BTF_KIND_VOLATILE] = { .name = "VOLATILE", .target = DATA_TYPE },
	[BTF_KIND_CONST] = { .name = "CONST", .target = DATA_TYPE },
	[BTF_KIND_RESTRICT] = { .name = "RESTRICT", .target = DATA_TYPE },
	[BTF_KIND_FUNC] = { .name = "FUNC",
			    .named = true,
			    .has_vlen = true,
			    .target = PROTO_TYPE,
			    .rule = check_func },
	[BTF_KIND_FUNC_PROTO] = { .name = "FUNC_PROTO",
				  .each = sizeof(struct btf_param),
				  .has_vlen = true,
				  .name_word = true,
				  .type_words = 2,
				  .target = DATA_TYPE,
				  .inner = DATA_TYPE },
	[BTF_KIND_VAR] = { .name = "VAR",
			   .fixed = sizeof(struct btf_var),
			   .named = true,
			   .target = DATA_TYPE,
			   .rule = check_var },
	[BTF_KIND_DATASEC] = { .name = "DATASEC",
			       .each = sizeof(struct btf_var_secinfo),
			       .named = true,
			       .has_vlen = true,
			       .type_words = 1,
			       .inner = VARIABLE_TYPE },
	[BTF_KIND_FLOAT] = { .name = "FLOAT" },
	[BTF_KIND_DECL_TAG] = { .name = "DECL_TAG",
				.fixed = sizeof(struct btf_decl_tag),
				.named = true,
				.target = ANY_TYPE,
				.rule = check_tag },
	[BTF_KIND_TYPE_TAG] = { .name = "TYPE_TAG", .named = true, .target = DATA_TYPE },
	[BTF_KIND_ENUM64] = { .name = "ENUM64",
			      .each = sizeof(struct btf_enum64),
			      .has_vlen = true,
			      .name_word = true,
			      .rule = check_enum },
};

#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

/* Which kinds may stand for each target: a bit per kind, void being kind 0. */
#define DECLARATIONS                                                                               \
	(1U << BTF_KIND_FUNC | 1U << BTF_KIND_VAR | 1U << BTF_KIND_DATASEC |                       \
	 1U << BTF_KIND_DECL_TAG)
static const uint32_t allowed[] = {
	[NO_TARGET] = ~0U,
	[DATA_TYPE] = ~DECLARATIONS,
	[PROTO_TYPE] = 1U << BTF_KIND_FUNC_PROTO,
	[ANY_TYPE] = ~(1U << BTF_KIND_UNKN | 1U << BTF_KIND_DATASEC),
	[VARIABLE_TYPE] = 1U << BTF_KIND_VAR | 1U << BTF_KIND_FUNC,
};

const char *skep_elf_btf_kind_name(uint32_t kind)
{
	return kind && kind < KIND_COUNT ? kinds[kind].name : "void";
}

const char *skep_elf_btf_name(const struct skep_elf *e, uint32_t offset)
{
	return e->btf.strings + offset;
}

static int check_int(const struct skep_elf *e, uint32_t id, const struct btf_type *t)
{
	uint32_t info = *(const uint32_t *)skep_elf_btf_tail(t);

	if (t->size && t->size <= 16 && BTF_INT_OFFSET(info) + BTF_INT_BITS(info) <= t->size * 8)
		return 0;
	return skep_elf_refuse(e, "BTF type %u, an INT of %u bytes, has %u bits from bit %u on", id,
			       t->size, BTF_INT_BITS(info), BTF_INT_OFFSET(info));
}

static int check_enum(const struct skep_elf *e, uint32_t id, const struct btf_type *t)
{
	if (t->size && t->size <= 8 && !(t->size & (t->size - 1)))
		return 0;
	return skep_elf_refuse(e, "BTF type %u, an enum, has %u bytes, expected 1, 2, 4 or 8", id,
			       t->size);
}

static int check_func(const struct skep_elf *e, uint32_t id, const struct btf_type *t)
{
	if (BTF_INFO_VLEN(t->info) <= BTF_FUNC_EXTERN)
		return 0;
	return skep_elf_refuse(e, "BTF type %u, a FUNC, has linkage %u, at most %u is known", id,
			       BTF_INFO_VLEN(t->info), BTF_FUNC_EXTERN);
}

static int check_var(const struct skep_elf *e, uint32_t id, const struct btf_type *t)
{
	const struct btf_var *var = skep_elf_btf_tail(t);

	if (var->linkage <= BTF_VAR_GLOBAL_EXTERN)
		return 0;
	return skep_elf_refuse(e, "BTF type %u, a VAR, has linkage %u, at most %u is known", id,
			       var->linkage, BTF_VAR_GLOBAL_EXTERN);
}

/* A tag is for a type (-1), or for one member or parameter of it. */
static int check_tag(const struct skep_elf *e, uint32_t id, const struct btf_type *t)
{
	const struct btf_decl_tag *tag = skep_elf_btf_tail(t);
	const struct btf_type *of = e->btf.types[t->type];
	uint32_t parts = 0;

	if (tag->component_idx == -1)
		return 0;
	if (BTF_INFO_KIND(of->info) == BTF_KIND_FUNC && of->type < e->btf.count)
		of = e->btf.types[of->type];
	if (kinds[BTF_INFO_KIND(of->info)].has_vlen)
		parts = BTF_INFO_VLEN(of->info);
	if (tag->component_idx >= 0 && (uint32_t)tag->component_idx < parts)
		return 0;
	return skep_elf_refuse(e, "BTF type %u tags part %d of type %u, which has %u", id,
			       tag->component_idx, t->type, parts);
}

static int read_header(struct skep_elf *e, const struct skep_elf_section *s,
		       struct btf_header *header)
{
	uint64_t size = s->header.sh_size;
	uint64_t room;

	if (size < sizeof(*header))
		return skep_elf_refuse(e, ".BTF has %u bytes, its header takes %zu", (uint32_t)size,
				       sizeof(*header));
	memcpy(header, e->data + s->header.sh_offset, sizeof(*header));
	if (header->magic != BTF_MAGIC)
		return skep_elf_refuse(e, ".BTF begins with 0x%04x, expected 0x%04x", header->magic,
				       BTF_MAGIC);
	if (header->version != BTF_VERSION || header->flags)
		return skep_elf_refuse_unsupported(e, ".BTF is of version %u, flags 0x%x",
						   header->version, header->flags);
	if (size > UINT32_MAX || header->hdr_len < sizeof(*header) || header->hdr_len % 4 ||
	    header->hdr_len > size)
		return skep_elf_refuse(e, ".BTF has a header of %u bytes", header->hdr_len);
	room = size - header->hdr_len;
	if (header->type_off % 4 ||
	    !skep_elf_within(header->type_off, header->type_len, header->str_off) ||
	    !skep_elf_within(header->str_off, header->str_len, room))
		return skep_elf_refuse(e,
				       ".BTF has types at %u (%u bytes), strings at %u (%u "
				       "bytes), and room for %u",
				       header->type_off, header->type_len, header->str_off,
				       header->str_len, (uint32_t)room);
	return 0;
}

static int check_strings(struct skep_elf *e, const struct btf_header *header)
{
	e->btf.strings = (const char *)e->btf.copy + header->hdr_len + header->str_off;
	e->btf.strings_size = header->str_len;
	if (!header->str_len || header->str_len > INT32_MAX || e->btf.strings[0] ||
	    e->btf.strings[header->str_len - 1])
		return skep_elf_refuse(e,
				       "the strings of .BTF (%u bytes) do not begin and end "
				       "with NUL",
				       header->str_len);
	return 0;
}

/* How many bytes the type at `t` takes, of the `left` that are there. */
static int measure(const struct skep_elf *e, uint32_t id, const struct btf_type *t, uint32_t left,
		   uint32_t *bytes)
{
	uint32_t kind = BTF_INFO_KIND(t->info);
	uint64_t need;

	if (kind >= KIND_COUNT)
		return skep_elf_refuse_unsupported(
			e,
			"BTF type %u is of kind %u, the last one known is "
			"%zu (%s)",
			id, kind, KIND_COUNT - 1, kinds[KIND_COUNT - 1].name);
	if (!kinds[kind].name || (t->info & INFO_UNUSED) ||
	    (!kinds[kind].has_vlen && BTF_INFO_VLEN(t->info)))
		return skep_elf_refuse(e, "BTF type %u has kind and length 0x%08x", id, t->info);
	need = sizeof(*t) + kinds[kind].fixed + (uint64_t)kinds[kind].each * BTF_INFO_VLEN(t->info);
	if (need > left)
		return skep_elf_refuse(e, "BTF type %u, a %s, is longer than .BTF", id,
				       kinds[kind].name);
	*bytes = (uint32_t)need;
	return 0;
}

static int read_types(struct skep_elf *e, const struct btf_header *header)
{
	static const struct btf_type nothing;
	const unsigned char *types = e->btf.copy + header->hdr_len + header->type_off;
	uint32_t most = header->type_len / sizeof(struct btf_type) + 1;
	uint32_t bytes = 0;

	/* A type takes 12 bytes at least: the tables are about as large as the section. */
	e->btf.types = calloc(most, sizeof(*e->btf.types));
	e->btf.sizes = calloc(most, sizeof(*e->btf.sizes));
	if (!e->btf.types || !e->btf.sizes)
		return skep_elf_no_memory(e);
	e->btf.types[e->btf.count++] = &nothing;
	for (uint32_t at = 0; at < header->type_len; at += bytes) {
		const struct btf_type *t = (const void *)(types + at);
		uint32_t left = header->type_len - at;
		int err;

		if (left < sizeof(*t))
			return skep_elf_refuse(e, "after its last type, .BTF has %u bytes too many",
					       left);
		err = measure(e, e->btf.count, t, left, &bytes);
		if (err)
			return err;
		e->btf.types[e->btf.count++] = t;
	}
	return 0;
}

static int check_name(const struct skep_elf *e, uint32_t id, uint32_t offset)
{
	if (offset < e->btf.strings_size)
		return 0;
	return skep_elf_refuse(e, "BTF type %u has a name at %u, the strings have %u bytes", id,
			       offset, e->btf.strings_size);
}

static int check_target(const struct skep_elf *e, uint32_t id, uint32_t to, enum target target)
{
	uint32_t kind;

	if (to >= e->btf.count)
		return skep_elf_refuse(e, "BTF type %u refers to type %u, there are %u", id, to,
				       e->btf.count);
	kind = skep_elf_btf_kind(e, to);
	if (allowed[target] & 1U << kind)
		return 0;
	return skep_elf_refuse(e, "BTF type %u, a %s, refers to type %u, which is a %s", id,
			       skep_elf_btf_kind_name(skep_elf_btf_kind(e, id)), to,
			       skep_elf_btf_kind_name(kind));
}

/* The words of one element (or of the fixed part) that are names or type ids. */
static int check_words(const struct skep_elf *e, uint32_t id, const struct kind *kind,
		       const uint32_t *words)
{
	int err = kind->name_word ? check_name(e, id, words[0]) : 0;

	for (uint32_t i = 0; !err && kind->type_words >> i; i++) {
		if (kind->type_words >> i & 1)
			err = check_target(e, id, words[i], kind->inner);
	}
	return err;
}

static int check_type(const struct skep_elf *e, uint32_t id)
{
	const struct btf_type *t = e->btf.types[id];
	const struct kind *kind = &kinds[BTF_INFO_KIND(t->info)];
	const uint32_t *words = skep_elf_btf_tail(t);
	uint32_t elements = kind->each ? BTF_INFO_VLEN(t->info) : 0;
	int err = check_name(e, id, t->name_off);

	if (!err && kind->named && !*skep_elf_btf_name(e, t->name_off))
		return skep_elf_refuse(e, "BTF type %u, a %s, has no name", id, kind->name);
	if (!err && kind->target != NO_TARGET)
		err = check_target(e, id, t->type, kind->target);
	if (!err && kind->fixed)
		err = check_words(e, id, kind, words);
	for (uint32_t i = 0; !err && i < elements; i++, words += kind->each / 4)
		err = check_words(e, id, kind, words);
	return !err && kind->rule ? kind->rule(e, id, t) : err;
}

int skep_elf_check_btf(struct skep_elf *e)
{
	const struct skep_elf_section *s = skep_elf_find_section(e, ".BTF");
	struct btf_header header;
	int err;

	if (!s)
		return 0;
	err = read_header(e, s, &header);
	if (err)
		return err;
	e->btf.copy = skep_elf_copy_section(e, s);
	if (!e->btf.copy)
		return skep_elf_no_memory(e);
	err = check_strings(e, &header);
	if (!err)
		err = read_types(e, &header);
	for (uint32_t id = 1; !err && id < e->btf.count; id++)
		err = check_type(e, id);
	return err;
}
