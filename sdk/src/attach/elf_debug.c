/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Where distributions put the symbols that they strip. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/fail.h"
#include "elf_file.h"

#define FOLDER "/usr/lib/debug"

/* The crc32 that .gnu_debuglink has is zlib's. */
static bool has_checksum(const struct skep_elf *elf, uint32_t wanted)
{
	unsigned char buf[16384];
	uLong sum = crc32(0, NULL, 0);
	off_t at = 0;
	ssize_t n;

	while ((n = pread(elf->fd, buf, sizeof(buf), at)) > 0) {
		sum = crc32(sum, buf, (uInt)n);
		at += n;
	}
	return n == 0 && sum == wanted;
}

/* A debug file has the sections of its program, but for NOBITS; so its build-id tells. */
static bool is_of(const struct skep_elf *debug, const struct skep_elf *elf,
		  const uint32_t *checksum)
{
	unsigned char id[SKEP_BUILD_ID_MAX], its[SKEP_BUILD_ID_MAX];
	size_t size = skep_elf_build_id(elf, id);

	if (size)
		return skep_elf_build_id(debug, its) == size && !memcmp(id, its, size);
	return checksum && has_checksum(debug, *checksum);
}

static bool try_path(struct skep_elf *out, const struct skep_elf *elf, const char *path,
		     const uint32_t *checksum)
{
	struct skep_elf debug SKEP_ELF_AUTO = SKEP_ELF_NONE;

	if (access(path, R_OK) || skep_elf_open(&debug, path, elf->shown) ||
	    !is_of(&debug, elf, checksum))
		return false;
	*out = debug;
	debug = (struct skep_elf)SKEP_ELF_NONE;
	return true;
}

static bool try_build_id(struct skep_elf *out, const struct skep_elf *elf, const char *root)
{
	char id[2 * SKEP_BUILD_ID_MAX + 1], path[PATH_MAX];

	skep_elf_build_id_text(elf, id);
	return strlen(id) > 2 &&
	       snprintf(path, sizeof(path), "%s" FOLDER "/.build-id/%.2s/%s.debug", root, id,
			id + 2) < (int)sizeof(path) &&
	       try_path(out, elf, path, NULL);
}

/* The name ends with a NUL; the checksum follows at a multiple of four. */
static bool try_link(struct skep_elf *out, const struct skep_elf *elf, const char *path,
		     const char *root)
{
	static const struct {
		const char *before, *after; /* the file's folder stands between */
	} places[] = { { "", "" }, { "", "/.debug" }, { FOLDER, "" } };
	const char *slash = strrchr(path, '/');
	char tried[PATH_MAX];
	GElf_Shdr header;
	Elf_Scn *section = skep_elf_section(elf, ".gnu_debuglink", &header);
	Elf_Data *data = section ? elf_rawdata(section, NULL) : NULL;
	size_t length = data && data->d_buf ? strnlen(data->d_buf, data->d_size) : 0;
	size_t sum_at = (length + 4) / 4 * 4;
	uint32_t sum;

	if (!length || !slash || sum_at + sizeof(sum) > data->d_size || strchr(data->d_buf, '/'))
		return false;
	memcpy(&sum, (const char *)data->d_buf + sum_at, sizeof(sum));
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (snprintf(tried, sizeof(tried), "%s%s%.*s%s/%s", root, places[i].before,
			     (int)(slash - path), path, places[i].after,
			     (const char *)data->d_buf) < (int)sizeof(tried) &&
		    try_path(out, elf, tried, &sum))
			return true;
	return false;
}

bool skep_elf_open_debug(struct skep_elf *out, const struct skep_elf *elf, const char *path,
			 const char *root)
{
	SKEP_KEEP_ERROR;

	return try_build_id(out, elf, root) || (*root && try_build_id(out, elf, "")) ||
	       try_link(out, elf, path, root);
}
