/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "mutate.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct damage {
	const struct mutate_object *object;
	unsigned char *data;
	size_t size;
	uint64_t state;
};

/* splitmix64: the same numbers everywhere. */
static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static size_t below(struct damage *d, size_t limit)
{
	return limit ? next(&d->state) % limit : 0;
}

static void add_area(struct mutate_object *o, size_t offset, size_t size, size_t word)
{
	if (o->area_count < MUTATE_AREAS && size && offset <= o->size && size <= o->size - offset)
		o->areas[o->area_count++] = (struct mutate_area){ offset, size, word };
}

/* Section contents by the word that they are made of; the rest has bytes. */
static size_t word_of(const Elf64_Shdr *section, const char *name)
{
	if (!strcmp(name, ".BTF") || !strcmp(name, ".BTF.ext"))
		return 4;
	if (section->sh_type == SHT_SYMTAB || section->sh_type == SHT_REL)
		return 8;
	if (section->sh_type == SHT_STRTAB)
		return 1;
	return section->sh_flags & SHF_EXECINSTR ? 4 : 0;
}

/* The inputs are sound objects of our own: read without much ado. */
static void find_areas(struct mutate_object *o)
{
	Elf64_Ehdr header;
	Elf64_Shdr names;

	memcpy(&header, o->data, sizeof(header));
	add_area(o, 0, sizeof(header), 2);
	add_area(o, header.e_shoff, header.e_shnum * sizeof(Elf64_Shdr), 4);
	add_area(o, header.e_shoff, header.e_shnum * sizeof(Elf64_Shdr), 8);
	memcpy(&names, o->data + header.e_shoff + header.e_shstrndx * sizeof(names), sizeof(names));
	for (unsigned int i = 1; i < header.e_shnum; i++) {
		Elf64_Shdr section;
		const char *name;
		size_t word;

		memcpy(&section, o->data + header.e_shoff + i * sizeof(section), sizeof(section));
		name = (const char *)o->data + names.sh_offset + section.sh_name;
		word = word_of(&section, name);
		if (!word)
			continue;
		add_area(o, section.sh_offset, section.sh_size, word);
		if (word == 8)
			add_area(o, section.sh_offset, section.sh_size, 4);
		if (word == 4 && !strncmp(name, ".BTF", 4)) {
			add_area(o, section.sh_offset, 32, 4);
			add_area(o, section.sh_offset, section.sh_size, 4);
			add_area(o, section.sh_offset, section.sh_size, 2);
			add_area(o, section.sh_offset, section.sh_size, 1);
		}
	}
}

struct mutate_object *mutate_read(char *const *paths, size_t count, size_t most)
{
	struct mutate_object *objects = calloc(count, sizeof(*objects));

	for (size_t i = 0; objects && i < count; i++) {
		FILE *file = fopen(paths[i], "rb");

		objects[i].data = malloc(most);
		if (!file || !objects[i].data) {
			perror(paths[i]);
			return NULL;
		}
		objects[i].size = fread(objects[i].data, 1, most, file);
		fclose(file);
		if (objects[i].size < sizeof(Elf64_Ehdr) || objects[i].size == most ||
		    memcmp(objects[i].data, ELFMAG, SELFMAG)) {
			fprintf(stderr, "%s is no ELF file of less than %zu bytes\n", paths[i],
				most);
			return NULL;
		}
		find_areas(&objects[i]);
	}
	return objects;
}

void mutate_free(struct mutate_object *objects, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(objects[i].data);
	free(objects);
}

/* Values at which arithmetic goes wrong, and small ones, which are ids and offsets. */
static uint64_t interesting(struct damage *d, uint64_t old, const struct mutate_area *area)
{
	static const uint64_t edges[] = {
		0,          1,          2,           3,         4,          7,
		8,          12,         16,          24,        31,         32,
		63,         64,         100,         127,       128,        255,
		256,        1024,       4095,        4096,      32767,      32768,
		65279,      65280,      65535,       65536,     0x7fffffff, 0x80000000,
		0xfffffff8, 0xffffffff, 0x100000000, INT64_MAX, UINT64_MAX, UINT64_MAX - 7,
	};
	uint64_t other = 0;

	switch (below(d, 8)) {
	case 0:
		return edges[below(d, sizeof(edges) / sizeof(edges[0]))];
	case 1:
		return old + below(d, 17) - 8;
	case 2:
		return below(d, 64);
	case 3:
		return below(d, 1024);
	case 4:
		return old ^ 1ULL << below(d, area->word * 8);
	case 5:
		return next(&d->state);
	case 6:
		return below(d, 32) << 24 | below(d, 8); /* a kind of BTF */
	default:                                         /* a neighbour's */
		if (area->size >= area->word)
			memcpy(&other,
			       d->data + area->offset +
				       below(d, area->size / area->word) * area->word,
			       area->word);
		return other;
	}
}

static void change_word(struct damage *d)
{
	const struct mutate_area *area = &d->object->areas[below(d, d->object->area_count)];
	size_t at = area->offset + below(d, area->size / area->word) * area->word;
	uint64_t value = 0;

	if (at + area->word > d->size || area->offset + area->size > d->size)
		return;
	memcpy(&value, d->data + at, area->word);
	value = interesting(d, value, area);
	memcpy(d->data + at, &value, area->word);
}

static void change_byte(struct damage *d)
{
	d->data[below(d, d->size)] = (unsigned char)next(&d->state);
}

static void change_bytes(struct damage *d)
{
	size_t start = below(d, d->size);
	size_t n = 1 + below(d, 16);

	for (size_t i = start; i < start + n && i < d->size; i++)
		d->data[i] = (unsigned char)next(&d->state);
}

static void flip_bit(struct damage *d)
{
	d->data[below(d, d->size)] ^= (unsigned char)(1U << below(d, 8));
}

static void copy_piece(struct damage *d)
{
	size_t n = 1 + below(d, 64);

	if (n < d->size)
		memmove(d->data + below(d, d->size - n), d->data + below(d, d->size - n), n);
}

/* Two records of an area change places: types, symbols, section headers. */
static void copy_record(struct damage *d)
{
	const struct mutate_area *area = &d->object->areas[below(d, d->object->area_count)];
	size_t n = 4 * (1 + below(d, 16));

	if (area->size <= n || area->offset + area->size > d->size)
		return;
	memmove(d->data + area->offset + (below(d, area->size - n) & ~(size_t)3),
		d->data + area->offset + (below(d, area->size - n) & ~(size_t)3), n);
}

static void cut(struct damage *d)
{
	if (below(d, 4) == 0)
		d->size = below(d, d->size) + 1;
}

static void (*const ways[])(struct damage *) = {
	change_word,  change_word, change_word, change_word, change_word, change_word, change_byte,
	change_bytes, flip_bit,    copy_piece,  copy_record, copy_record, cut,
};

size_t mutate(const struct mutate_object *objects, size_t count, uint64_t seed, uint64_t number,
	      unsigned char *out, size_t room)
{
	struct damage d = { .data = out, .state = seed * 0x2545f4914f6cdd1dULL + number };
	size_t times;

	(void)next(&d.state);
	d.object = &objects[below(&d, count)];
	d.size = d.object->size < room ? d.object->size : room;
	memcpy(out, d.object->data, d.size);
	times = below(&d, 3) ? 1 : 1 + below(&d, 6);
	while (times--)
		ways[below(&d, sizeof(ways) / sizeof(ways[0]))](&d);
	return d.size;
}
