/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The active security modules. CONFIG_LSM is only a wish: the command line may differ. */
#include "facts.h"

#include <stdio.h>
#include <string.h>

bool skep_kernel_lsms(char *list, size_t size)
{
	char mount[256], path[300];

	list[0] = '\0';
	if (!skep_kernel_mount(SKEP_MOUNT_SECURITYFS, NULL, mount, sizeof(mount)))
		return false;
	snprintf(path, sizeof(path), "%s/lsm", mount);
	return !skep_kernel_read(path, list, size) && list[0];
}

bool skep_kernel_lsm_in(const char *list, const char *name)
{
	size_t length = strlen(name);

	while (*list) {
		size_t word = strcspn(list, ",");

		if (word == length && !strncmp(list, name, length))
			return true;
		list += word + (list[word] == ',');
	}
	return false;
}
