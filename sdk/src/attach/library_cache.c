/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * /etc/ld.so.cache as glibc writes it since 2.2: a header of 48 bytes, entries of 24, and texts by
 * their offset. A file may begin with the format before that; the newer one follows it.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "library.h"

#define MAGIC     "glibc-ld.so.cache1.1"
#define BYTES_MAX (64UL << 20)
#define HEADER    48
#define COUNT_AT  20 /* in the header: entries */
#define ENTRY     24
#define KEY_AT    4  /* in an entry: the name, */
#define PATH_AT   8  /* the path, */
#define HWCAP_AT  16 /* and what the processor must have */

static char *read_all(const char *root, size_t *size)
{
	char path[64], *bytes = NULL;
	FILE *file;
	long length;

	snprintf(path, sizeof(path), "%s/etc/ld.so.cache", root);
	file = fopen(path, "re");
	if (!file)
		return NULL;
	if (!fseek(file, 0, SEEK_END) && (length = ftell(file)) > 0 &&
	    (unsigned long)length < BYTES_MAX && !fseek(file, 0, SEEK_SET))
		bytes = malloc((size_t)length + 1);
	if (bytes) {
		*size = fread(bytes, 1, (size_t)length, file);
		bytes[*size] = '\0';
	}
	fclose(file);
	return bytes;
}

static uint32_t number_at(const char *bytes)
{
	uint32_t number;

	memcpy(&number, bytes, sizeof(number));
	return number;
}

bool skep_library_in_cache(const char *root, const char *name,
			   bool (*fn)(const char *path, void *ctx), void *ctx)
{
	size_t size = 0;
	AUTO_FREE char *bytes = read_all(root, &size);
	const char *start = bytes ? memmem(bytes, size, MAGIC, strlen(MAGIC)) : NULL;
	size_t room, count;

	if (!start)
		return false;
	room = size - (size_t)(start - bytes);
	if (room < HEADER)
		return false;
	count = number_at(start + COUNT_AT);
	for (size_t i = 0; i < count && HEADER + (i + 1) * ENTRY <= room; i++) {
		const char *entry = start + HEADER + i * ENTRY;
		uint32_t key = number_at(entry + KEY_AT), path = number_at(entry + PATH_AT);
		uint64_t hwcap;

		memcpy(&hwcap, entry + HWCAP_AT, sizeof(hwcap));
		/* The last text ends at the NUL that was put behind the file. */
		if (key < room && path < room && !hwcap && skep_library_fits(start + key, name) &&
		    fn(start + path, ctx))
			return true;
	}
	return false;
}
