/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Structs of functions for a libbpf that is older than their sections. */
#include "struct_ops.h"

#include <elf.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "elf_check.h"

#define PLAIN ".struct_ops"
#define LINK  ".struct_ops.link"
#define SLEEP "struct_ops.s"

struct image {
	unsigned char *data;
	Elf64_Ehdr header;
	Elf64_Shdr names;
};

static Elf64_Shdr section(const struct image *image, unsigned int index)
{
	Elf64_Shdr header;

	memcpy(&header, image->data + image->header.e_shoff + index * sizeof(header),
	       sizeof(header));
	return header;
}

static char *name_of(const struct image *image, unsigned int index)
{
	return (char *)image->data + image->names.sh_offset + section(image, index).sh_name;
}

static void read_image(struct image *image, void *data)
{
	image->data = data;
	memcpy(&image->header, data, sizeof(image->header));
	image->names = section(image, image->header.e_shstrndx);
}

/* "struct_ops.s", "struct_ops.s/init", and with '?' in front. */
static char *sleeps(char *name)
{
	name += *name == '?';
	if (strncmp(name, SLEEP, strlen(SLEEP)) != 0 ||
	    (name[strlen(SLEEP)] && name[strlen(SLEEP)] != '/'))
		return NULL;
	return name;
}

/*
 * In place, and no longer than it was: ".struct_ops.link" loses its end, "struct_ops.s/init"
 * becomes "struct_ops/s/init". What shares the text's end, as ".rel.struct_ops.link", follows.
 */
static void rename_one(char *name)
{
	char *found = sleeps(name);

	if (found)
		found[strlen(SLEEP) - 2] = '/';
	else if (!strcmp(name, LINK))
		name[strlen(PLAIN)] = '\0';
}

/* The same in the strings of BTF, where both sections' names stand too. */
static void rename_in_btf(const struct image *image, const Elf64_Shdr *btf)
{
	struct btf_header header;
	char *at, *end;

	memcpy(&header, image->data + btf->sh_offset, sizeof(header));
	at = (char *)image->data + btf->sh_offset + header.hdr_len + header.str_off;
	end = at + header.str_len;
	while (at < end) {
		size_t length = strlen(at);

		rename_one(at);
		at += length + 1;
	}
}

static void rename_all(const struct image *image)
{
	bool seen = false; /* the first section of that name is BTF, and has been checked */

	for (unsigned int i = 1; i < image->header.e_shnum; i++) {
		Elf64_Shdr header = section(image, i);

		if (!seen && !strcmp(name_of(image, i), ".BTF")) {
			rename_in_btf(image, &header);
			seen = true;
		}
		rename_one(name_of(image, i));
	}
}

static bool libbpf_knows(void)
{
	return libbpf_major_version() > 1 ||
	       (libbpf_major_version() == 1 && libbpf_minor_version() >= 2);
}

int skep_struct_ops_adapt(const void *data, size_t bytes, const char *label,
			  struct skep_struct_ops_image *image)
{
	AUTO_FREE void *copy = NULL;
	struct image old, new;
	bool plain = false;
	int err;

	*image = (struct skep_struct_ops_image){ 0 };
	if (libbpf_knows())
		return 0;
	read_image(&old, (void *)data); /* only read */
	for (unsigned int i = 1; i < old.header.e_shnum; i++) {
		plain = plain || !strcmp(name_of(&old, i), PLAIN);
		image->links = image->links || !strcmp(name_of(&old, i), LINK);
		image->sleepable = image->sleepable || sleeps(name_of(&old, i));
	}
	if (image->links && plain)
		return skep_fail_hint(
			skep_fail(EOPNOTSUPP,
				  "cannot open %s: it has structs both in SEC(\"%s\") and in "
				  "SEC(\"%s\"), and libbpf %u.%u knows one such section",
				  label, PLAIN, LINK, libbpf_major_version(),
				  libbpf_minor_version()),
			"put them all into SEC(\"%s\"), or run it with libbpf 1.2 or newer", LINK);
	if (!image->links && !image->sleepable)
		return 0;
	copy = malloc(bytes);
	if (!copy)
		return skep_fail(ENOMEM, "no memory to open %s", label);
	memcpy(copy, data, bytes);
	read_image(&new, copy);
	rename_all(&new);
	/* Names may share their bytes with anything: what they make of it is checked again. */
	err = skep_elf_check(copy, bytes, label);
	if (!err)
		image->data = SKEP_TAKE(copy);
	return err;
}

void skep_struct_ops_mark(const struct bpf_object *obj, const struct skep_struct_ops_image *image)
{
	struct bpf_program *prog;
	struct bpf_map *map;

	if (image->links)
		bpf_object__for_each_map(map, obj)
			if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS)
				bpf_map__set_map_flags(map, bpf_map__map_flags(map) |
								    SKEP_STRUCT_OPS_LINK);
	if (image->sleepable)
		bpf_object__for_each_program(prog, obj) {
			const char *name = bpf_program__section_name(prog);

			name += *name == '?';
			if (!strcmp(name, "struct_ops/s") || !strncmp(name, "struct_ops/s/", 13))
				bpf_program__set_flags(prog,
						       bpf_program__flags(prog) | BPF_F_SLEEPABLE);
		}
}
