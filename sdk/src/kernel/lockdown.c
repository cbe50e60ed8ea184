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

const char *skep_kernel_lockdown_forbids(const char *words)
{
	const char *mode = skep_kernel_lockdown();
	const char *helper = strstr(words, "bpf_probe_read");

	/* Since 5.5 these have the kernel's memory for their own; reading a process's stays. */
	if (mode && !strcmp(mode, "confidentiality") && helper &&
	    strncmp(helper, "bpf_probe_read_user", strlen("bpf_probe_read_user")) != 0)
		return "the kernel is locked down (confidentiality), which forbids programs to "
		       "read its memory: boot with lockdown=integrity or none; typed pointers "
		       "of tp_btf and fentry need no such helper";
	if (mode && strcmp(mode, "none") != 0 && strstr(words, "bpf_probe_write_user"))
		return "the kernel is locked down, which forbids programs to write the memory of "
		       "processes: boot with lockdown=none";
	return NULL;
}
