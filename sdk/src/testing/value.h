/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Keys and values of maps, for people: by their fields where the kernel knows them, else in hex. */
#ifndef SKEP_TESTING_VALUE_H
#define SKEP_TESTING_VALUE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct skep_map;
struct btf;

struct values {
	struct btf *btf; /* NULL: not known */
	uint32_t key, value;
	size_t key_bytes, value_bytes;
};

/* 0, or a negative errno with an error set: the map cannot be asked. */
int skep_values_learn(struct values *values, const struct skep_map *map);
void skep_values_free(struct values *values);

/* In one line; the end of what does not fit is cut off. */
void skep_values_print(const struct values *values, bool is_key, const void *data, char *text,
		       size_t room);

/* Whether two values are equal, padding aside. */
bool skep_values_equal(const struct values *values, const void *a, const void *b);

#endif
