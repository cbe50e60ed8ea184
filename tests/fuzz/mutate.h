/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Damaged BPF objects, each a function of a seed and a number. */
#ifndef SKEP_TESTS_FUZZ_MUTATE_H
#define SKEP_TESTS_FUZZ_MUTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A part of an object made of words, where damage tells: a header, a table, BTF. */
struct mutate_area {
	size_t offset;
	size_t size;
	size_t word; /* bytes */
};

#define MUTATE_AREAS 64

struct mutate_object {
	unsigned char *data;
	size_t size;
	struct mutate_area areas[MUTATE_AREAS];
	size_t area_count;
};

/* Reads sound objects; NULL and words on standard error when one cannot be. */
struct mutate_object *mutate_read(char *const *paths, size_t count, size_t most);
void mutate_free(struct mutate_object *objects, size_t count);

/* Writes case `number` to `out`, which has room for the largest object; returns its size. */
size_t mutate(const struct mutate_object *objects, size_t count, uint64_t seed, uint64_t number,
	      unsigned char *out, size_t room);

#endif
