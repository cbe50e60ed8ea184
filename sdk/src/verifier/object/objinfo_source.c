/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Where a source file is. Objects name it as it was when they were compiled, mostly absolute, and
 * maybe on another machine. Who reads it here wants a name that begins at `source_dir`.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "objinfo.h"

static bool is_below(const char *dir, const char *name)
{
	char path[PATH_MAX];
	size_t length = strlen(dir);
	struct stat st;

	if (length + 1 + strlen(name) >= sizeof(path))
		return false;
	memcpy(path, dir, length);
	path[length] = '/';
	strcpy(path + length + 1, name);
	return !stat(path, &st) && S_ISREG(st.st_mode);
}

const char *skep_objinfo_source(const char *file, const char *source_dir)
{
	char dir[PATH_MAX];
	size_t length;
	int tries = 16;

	if (!source_dir || !realpath(source_dir, dir))
		return file;
	length = strlen(dir);
	if (length > 1 && !strncmp(file, dir, length) && file[length] == '/')
		return file + length + 1;
	if (file[0] != '/' ? is_below(dir, file) : !access(file, R_OK))
		return file;
	/* Compiled elsewhere: the longest end of the name that is here. */
	for (const char *end = strchr(file, '/'); end && tries--; end = strchr(end + 1, '/'))
		if (end[1] && end[1] != '/' && is_below(dir, end + 1))
			return end + 1;
	return file;
}
