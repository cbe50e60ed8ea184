/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* .BTF.ext: which line of C each instruction is of, and which ones CO-RE rewrites. */
#include "objinfo.h"

#include <linux/btf.h>
#include <stdlib.h>

/* Where the header has offset and length of a part. */
#define PART_LINES     16
#define PART_CORE      24
#define HEADER_SHORT   24 /* without the part about CO-RE */
#define RECORD_MOST    1024
#define COLUMN(packed) ((packed)&1023)
#define LINE(packed)   ((packed) >> 10)

struct part {
	struct skep_extent rest; /* of the part, as it is read */
	struct skep_extent texts;
	uint32_t record; /* bytes of each */
	uint32_t section;
	uint32_t left; /* records of the section */
};

static struct skep_extent texts_of(const struct skep_objinfo *o)
{
	const struct skep_objinfo_section *btf = skep_objinfo_section(o, ".BTF");
	uint64_t from, bytes;

	if (!btf || btf->body.bytes < sizeof(struct btf_header) ||
	    skep_objinfo_u16(o, btf->body.at) != BTF_MAGIC)
		return (struct skep_extent){ 0 };
	from = (uint64_t)skep_objinfo_u32(o, btf->body.at + offsetof(struct btf_header, hdr_len)) +
	       skep_objinfo_u32(o, btf->body.at + offsetof(struct btf_header, str_off));
	bytes = skep_objinfo_u32(o, btf->body.at + offsetof(struct btf_header, str_len));
	if (from > btf->body.bytes || bytes > btf->body.bytes - from)
		return (struct skep_extent){ 0 };
	return (struct skep_extent){ btf->body.at + from, bytes };
}

/* A part, from its records on; empty where it is damaged or not there. */
static struct part part_of(const struct skep_objinfo *o, uint32_t header, uint32_t least)
{
	const struct skep_objinfo_section *ext = skep_objinfo_section(o, ".BTF.ext");
	struct part part = { .texts = texts_of(o) };
	uint32_t length, header_bytes;
	uint64_t from, bytes;

	if (!ext || ext->body.bytes < HEADER_SHORT ||
	    skep_objinfo_u16(o, ext->body.at) != BTF_MAGIC)
		return part;
	header_bytes = skep_objinfo_u32(o, ext->body.at + 4);
	if (header_bytes < header + 8 || header_bytes > ext->body.bytes)
		return part;
	from = (uint64_t)header_bytes + skep_objinfo_u32(o, ext->body.at + header);
	length = skep_objinfo_u32(o, ext->body.at + header + 4);
	bytes = ext->body.bytes;
	if (length < 4 || from > bytes || length > bytes - from)
		return part;
	part.record = skep_objinfo_u32(o, ext->body.at + from);
	if (part.record < least || part.record > RECORD_MOST)
		return part;
	part.rest = (struct skep_extent){ ext->body.at + from + 4, length - 4 };
	return part;
}

/* The section that records are about: 0, which has no code, where it is not known. */
static uint32_t section_named(const struct skep_objinfo *o, const char *name)
{
	for (size_t i = 0; i < o->section_count; i++)
		if (o->sections[i].code && !strcmp(o->sections[i].name, name))
			return (uint32_t)i;
	return 0;
}

static void skip(struct part *part, uint32_t bytes)
{
	part->rest.at += bytes;
	part->rest.bytes -= bytes;
}

/* The next record, and its place in the code. */
static bool next(const struct skep_objinfo *o, struct part *part, uint64_t *record,
		 struct skep_code *at)
{
	while (!part->left) {
		if (part->rest.bytes < 8)
			return false;
		part->section = section_named(
			o, skep_objinfo_text(o, part->texts, skep_objinfo_u32(o, part->rest.at)));
		part->left = skep_objinfo_u32(o, part->rest.at + 4);
		skip(part, 8);
	}
	if (part->rest.bytes < part->record)
		return false;
	*record = part->rest.at;
	*at = (struct skep_code){ part->section, skep_objinfo_u32(o, *record) / SKEP_INSN_BYTES };
	skip(part, part->record);
	part->left--;
	return true;
}

static int by_line(const void *a, const void *b)
{
	const struct skep_objinfo_line *x = a, *y = b;

	return skep_code_compare(x->at, y->at);
}

static void read_lines(struct skep_objinfo *o)
{
	struct part part = part_of(o, PART_LINES, 16);
	struct skep_code at;
	uint64_t record;

	if (!part.rest.bytes)
		return;
	o->lines = skep_arena_alloc(&o->arena,
				    (part.rest.bytes / part.record + 1) * sizeof(*o->lines));
	while (o->lines && next(o, &part, &record, &at)) {
		uint32_t packed = skep_objinfo_u32(o, record + 12);
		const char *text =
			skep_objinfo_text(o, part.texts, skep_objinfo_u32(o, record + 8));

		if (!at.section)
			continue;
		o->lines[o->line_count++] = (struct skep_objinfo_line){
			.at = at,
			.line = LINE(packed),
			.column = COLUMN(packed),
			.file = skep_objinfo_text(o, part.texts, skep_objinfo_u32(o, record + 4)),
			.text = text + strspn(text, " \t"),
		};
	}
	if (o->line_count)
		qsort(o->lines, o->line_count, sizeof(*o->lines), by_line);
}

static int by_code(const void *a, const void *b)
{
	const struct skep_code *x = a, *y = b;

	return skep_code_compare(*x, *y);
}

static void read_core(struct skep_objinfo *o)
{
	struct part part = part_of(o, PART_CORE, 16);
	struct skep_code at;
	uint64_t record;

	if (!part.rest.bytes)
		return;
	o->changed = skep_arena_alloc(&o->arena,
				      (part.rest.bytes / part.record + 1) * sizeof(*o->changed));
	while (o->changed && next(o, &part, &record, &at))
		if (at.section)
			o->changed[o->changed_count++] = at;
	if (o->changed_count)
		qsort(o->changed, o->changed_count, sizeof(*o->changed), by_code);
}

void skep_objinfo_read_ext(struct skep_objinfo *o)
{
	read_lines(o);
	read_core(o);
}

/* The last one at or before an instruction, within its function. */
const struct skep_objinfo_line *skep_objinfo_line_at(const struct skep_objinfo *o,
						     const struct skep_spot *spot)
{
	size_t low = 0, high = o->line_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (skep_code_compare(o->lines[middle].at, spot->at) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || skep_code_compare(o->lines[low - 1].at, spot->function->at) < 0)
		return NULL;
	return &o->lines[low - 1];
}
