/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "own.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool own_folder(char folder[OWN_PATH])
{
	ssize_t n = readlink("/proc/self/exe", folder, OWN_PATH - 1);

	if (n <= 0)
		return false;
	folder[n] = '\0';
	dirname(folder);
	return true;
}

/* `path` is made short by resolving it, and tells whether it exists. */
static bool is_folder(char path[OWN_PATH])
{
	char real[OWN_PATH];
	struct stat st;

	if (!realpath(path, real) || stat(real, &st) || !S_ISDIR(st.st_mode))
		return false;
	strcpy(path, real);
	return true;
}

bool own_find(char folder[OWN_PATH], const char *installed, const char *built)
{
	const char *const places[] = { installed, built };
	char own[OWN_PATH];

	if (!own_folder(own))
		return false;
	for (size_t i = 0; i < 2; i++)
		if (snprintf(folder, OWN_PATH, "%s%s", own, places[i]) < OWN_PATH &&
		    is_folder(folder))
			return true;
	return false;
}
