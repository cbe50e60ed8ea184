/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* .BTF.ext: per section of code, records about functions, lines and CO-RE relocations. */
#include "elf_check_parts.h"

#include <errno.h>

/* The header as the kernel's documentation has it; uapi has no struct for it. */
struct ext_header {
	uint16_t magic;
	uint8_t version;
	uint8_t flags;
	uint32_t hdr_len;
	uint32_t parts[3][2]; /* offset and length; the third only when hdr_len has room */
};

#define EXT_HEADER_MIN 24 /* without the third part */

struct ext_section {
	uint32_t name;
	uint32_t count;
};

#define CORE_SPEC_MAX 64 /* libbpf: elements of an access string */

struct records {
	const struct skep_elf *e;
	const char *part;
	const char *section; /* the name of what they are about */
	uint64_t code;       /* bytes of it; 0: it is not there, and libbpf skips them */
};

static int check_function(const struct records *r, const unsigned char *record);
static int check_line(const struct records *r, const unsigned char *record);
static int check_core(const struct records *r, const unsigned char *record);

static const struct {
	const char *name;
	uint32_t record; /* bytes at least */
	int (*check)(const struct records *r, const unsigned char *record);
} part_rules[] = {
	{ "func_info", sizeof(struct bpf_func_info), check_function },
	{ "line_info", sizeof(struct bpf_line_info), check_line },
	{ "core_relo", sizeof(struct bpf_core_relo), check_core },
};

#define PART_COUNT (sizeof(part_rules) / sizeof(part_rules[0]))

static int check_place(const struct records *r, uint32_t offset)
{
	if (!r->code || (offset < r->code && offset % SKEP_ELF_INSN_SIZE == 0))
		return 0;
	return skep_elf_refuse(r->e, "%s of .BTF.ext has byte %u of section %.64s, which has %u",
			       r->part, offset, r->section, (uint32_t)r->code);
}

static int check_string(const struct records *r, uint32_t offset)
{
	if (offset < r->e->btf.strings_size)
		return 0;
	return skep_elf_refuse(r->e, "%s of .BTF.ext has a string at %u, .BTF has %u bytes of them",
			       r->part, offset, r->e->btf.strings_size);
}

static int check_function(const struct records *r, const unsigned char *record)
{
	struct bpf_func_info info;

	memcpy(&info, record, sizeof(info));
	if (info.type_id >= r->e->btf.count ||
	    skep_elf_btf_kind(r->e, info.type_id) != BTF_KIND_FUNC)
		return skep_elf_refuse(r->e,
				       "func_info of .BTF.ext has type %u of section %.64s, "
				       "which is no FUNC",
				       info.type_id, r->section);
	return check_place(r, info.insn_off);
}

static int check_line(const struct records *r, const unsigned char *record)
{
	struct bpf_line_info info;
	int err;

	memcpy(&info, record, sizeof(info));
	err = check_string(r, info.file_name_off);
	if (!err)
		err = check_string(r, info.line_off);
	return err ? err : check_place(r, info.insn_off);
}

/* "0:1:2": libbpf also reads "-1", and then looks before the first member. */
static bool is_access(const char *text)
{
	uint32_t elements = 0;

	for (;;) {
		uint32_t digits = 0;

		while (text[digits] >= '0' && text[digits] <= '9')
			digits++;
		if (!digits || digits > 9 || ++elements > CORE_SPEC_MAX)
			return false;
		text += digits;
		if (!*text)
			return true;
		if (*text++ != ':')
			return false;
	}
}

static int check_core(const struct records *r, const unsigned char *record)
{
	struct bpf_core_relo relo;
	int err;

	memcpy(&relo, record, sizeof(relo));
	if (!relo.type_id || relo.type_id >= r->e->btf.count)
		return skep_elf_refuse(r->e, "core_relo of .BTF.ext has type %u, there are %u",
				       relo.type_id, r->e->btf.count);
	err = check_string(r, relo.access_str_off);
	if (err)
		return err;
	if (!is_access(skep_elf_btf_name(r->e, relo.access_str_off)))
		return skep_elf_refuse(r->e,
				       "core_relo of .BTF.ext has access \"%.64s\", expected "
				       "numbers with ':' between",
				       skep_elf_btf_name(r->e, relo.access_str_off));
	return check_place(r, relo.insn_off);
}

/* One section's records. Moves `at` past them. */
static int check_records(struct records *r, size_t rule, const unsigned char *part, uint32_t length,
			 uint32_t record, uint32_t *at)
{
	const struct skep_elf_section *code;
	struct ext_section s;
	int err;

	if (length - *at < sizeof(s))
		return skep_elf_refuse(r->e, "%s of .BTF.ext ends within a header", r->part);
	memcpy(&s, part + *at, sizeof(s));
	*at += sizeof(s);
	if (!s.count || s.count > (length - *at) / record)
		return skep_elf_refuse(r->e,
				       "%s of .BTF.ext has %u records where there is room "
				       "for %u",
				       r->part, s.count, (length - *at) / record);
	err = check_string(r, s.name);
	if (err)
		return err;
	r->section = skep_elf_btf_name(r->e, s.name);
	code = skep_elf_find_section(r->e, r->section);
	r->code = code ? code->header.sh_size : 0;
	for (uint32_t i = 0; !err && i < s.count; i++, *at += record)
		err = part_rules[rule].check(r, part + *at);
	return err;
}

static int check_part(const struct skep_elf *e, size_t rule, const unsigned char *part,
		      uint32_t length)
{
	struct records r = { .e = e, .part = part_rules[rule].name };
	uint32_t at = sizeof(uint32_t);
	uint32_t record;
	int err = 0;

	if (!length)
		return 0;
	if (length < sizeof(record))
		return skep_elf_refuse(e, "%s of .BTF.ext has %u bytes", r.part, length);
	memcpy(&record, part, sizeof(record));
	if (record < part_rules[rule].record || record % 4)
		return skep_elf_refuse(e, "%s of .BTF.ext has records of %u bytes, expected %u",
				       r.part, record, part_rules[rule].record);
	while (!err && at < length)
		err = check_records(&r, rule, part, length, record, &at);
	return err;
}

static int read_header(const struct skep_elf *e, const struct skep_elf_section *s,
		       struct ext_header *header)
{
	uint64_t size = s->header.sh_size;
	const unsigned char *data = e->data + s->header.sh_offset;

	if (size < EXT_HEADER_MIN || size > UINT32_MAX)
		return skep_elf_refuse(e, ".BTF.ext has %u bytes, its header takes %u",
				       (uint32_t)size, EXT_HEADER_MIN);
	memset(header, 0, sizeof(*header));
	memcpy(header, data, EXT_HEADER_MIN);
	if (header->magic != BTF_MAGIC)
		return skep_elf_refuse(e, ".BTF.ext begins with 0x%04x, expected 0x%04x",
				       header->magic, BTF_MAGIC);
	if (header->version != BTF_VERSION || header->flags)
		return skep_elf_refuse_unsupported(e, ".BTF.ext is of version %u, flags 0x%x",
						   header->version, header->flags);
	if (header->hdr_len < EXT_HEADER_MIN || header->hdr_len % 4 || header->hdr_len > size)
		return skep_elf_refuse(e, ".BTF.ext has a header of %u bytes", header->hdr_len);
	if (header->hdr_len >= sizeof(*header))
		memcpy(header, data, sizeof(*header));
	return 0;
}

int skep_elf_check_btf_ext(struct skep_elf *e)
{
	const struct skep_elf_section *s = skep_elf_find_section(e, ".BTF.ext");
	struct ext_header header;
	const unsigned char *body;
	uint64_t room;
	int err;

	if (!s)
		return 0;
	if (!e->btf.count)
		return skep_elf_refuse(e, "it has .BTF.ext without .BTF");
	err = read_header(e, s, &header);
	if (err)
		return err;
	body = e->data + s->header.sh_offset + header.hdr_len;
	room = s->header.sh_size - header.hdr_len;
	for (size_t i = 0; !err && i < PART_COUNT; i++) {
		uint32_t offset = header.parts[i][0];
		uint32_t length = header.parts[i][1];

		if (length && (offset % 4 || !skep_elf_within(offset, length, room)))
			return skep_elf_refuse(e, "%s of .BTF.ext has %u bytes at %u, there are %u",
					       part_rules[i].name, length, offset, (uint32_t)room);
		err = check_part(e, i, body + offset, length);
	}
	return err;
}
