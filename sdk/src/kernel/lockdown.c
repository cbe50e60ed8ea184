/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "facts.h"

#include <stdio.h>
#include <string.h>

static const char *const modes[] = { "none", "integrity", "confidentiality" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *skep_kernel_lockdown_parse(const char *text)
{
	const char *open = strchr(text, '[');

	for (size_t i = 0; open && i < COUNT(modes); i++) {
		size_t length = strlen(modes[i]);

		if (!strncmp(open + 1, modes[i], length) && open[1 + length] == ']')
			return modes[i];
	}
	return NULL;
}

/* A mode that is forced by the configuration can be raised, but not taken back. */
static const char *from_config(void)
{
	if (skep_kernel_config("CONFIG_LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY") == SKEP_CONFIG_ON)
		return modes[2];
	if (skep_kernel_config("CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY") == SKEP_CONFIG_ON)
		return modes[1];
	if (skep_kernel_config("CONFIG_SECURITY_LOCKDOWN_LSM") == SKEP_CONFIG_OFF)
		return modes[0];
	return NULL;
}

const char *skep_kernel_lockdown(void)
{
	char mount[256], path[300], text[128];

	if (skep_kernel_mount(SKEP_MOUNT_SECURITYFS, NULL, mount, sizeof(mount))) {
		snprintf(path, sizeof(path), "%s/lockdown", mount);
		if (!skep_kernel_read(path, text, sizeof(text)))
			return skep_kernel_lockdown_parse(text);
	}
	return from_config();
}
