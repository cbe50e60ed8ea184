/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The kernel's configuration. The text is read once and kept: it is asked about many options. */
#include "facts.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char *config; /* NULL: not to be had */

static char *read_of_release(const char *before, const char *after)
{
	struct utsname name;
	char path[256];

	if (uname(&name))
		return NULL;
	snprintf(path, sizeof(path), "%s%s%s", before, name.release, after);
	return skep_kernel_read_whole(path);
}

static void read_config(void)
{
	config = skep_kernel_read_whole("/proc/config.gz");
	if (!config)
		config = read_of_release("/boot/config-", "");
	if (!config)
		config = read_of_release("/lib/modules/", "/config");
	if (!config)
		config = read_of_release("/usr/lib/modules/", "/config");
}

/* Lines are `CONFIG_X=y` and `# CONFIG_X is not set`; the latter, like none, is off. */
enum skep_config skep_kernel_config_parse(const char *text, const char *option)
{
	size_t length = strlen(option);

	for (const char *line = text; line && *line; line += *line == '\n') {
		if (!strncmp(line, option, length) && line[length] == '=') {
			char value = line[length + 1], next = value ? line[length + 2] : '\0';

			if ((value == 'm' || value == 'n') && (next == '\n' || !next))
				return value == 'm' ? SKEP_CONFIG_MODULE : SKEP_CONFIG_OFF;
			return SKEP_CONFIG_ON;
		}
		line += strcspn(line, "\n");
	}
	return text && *text ? SKEP_CONFIG_OFF : SKEP_CONFIG_UNKNOWN;
}

enum skep_config skep_kernel_config(const char *option)
{
	pthread_once(&once, read_config);
	return option ? skep_kernel_config_parse(config, option) : SKEP_CONFIG_UNKNOWN;
}
