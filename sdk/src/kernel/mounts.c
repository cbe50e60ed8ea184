/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Where the kernel's own file systems are mounted. Never remembered: mounts come and go. */
#include "facts.h"

#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *type;
	const char *command;
} mounts[SKEP_MOUNT_COUNT] = {
	[SKEP_MOUNT_TRACEFS] = { "tracefs", "mount -t tracefs tracefs /sys/kernel/tracing" },
	[SKEP_MOUNT_BPFFS] = { "bpf", "mount -t bpf bpffs /sys/fs/bpf" },
	[SKEP_MOUNT_CGROUP2] = { "cgroup2", "mount -t cgroup2 cgroup2 /sys/fs/cgroup" },
	[SKEP_MOUNT_SECURITYFS] = { "securityfs",
				    "mount -t securityfs securityfs /sys/kernel/security" },
	[SKEP_MOUNT_DEBUGFS] = { "debugfs", "mount -t debugfs debugfs /sys/kernel/debug" },
};

const char *skep_kernel_mount_command(enum skep_mount what)
{
	return mounts[what].command;
}

/* getmntent_r() undoes the table's escapes, as \040 for a blank. */
static bool find_type(const char *type, const char *table, char *path, size_t size)
{
	FILE *file = setmntent(table ? table : "/proc/self/mounts", "re");
	bool found = false;
	struct mntent entry;
	char buf[4096];

	path[0] = '\0';
	if (!file)
		return false;
	while (!found && getmntent_r(file, &entry, buf, sizeof(buf))) {
		if (strcmp(entry.mnt_type, type) || strlen(entry.mnt_dir) >= size)
			continue;
		strcpy(path, entry.mnt_dir);
		found = true;
	}
	endmntent(file);
	return found;
}

/* debugfs mounts a tracefs of its own when somebody goes there. */
static bool find_tracefs_in_debugfs(const char *table, char *path, size_t size)
{
	char debugfs[256], events[300];

	if (!find_type("debugfs", table, debugfs, sizeof(debugfs)))
		return false;
	snprintf(events, sizeof(events), "%s/tracing/events", debugfs);
	if (access(events, F_OK))
		return false;
	return snprintf(path, size, "%s/tracing", debugfs) < (int)size;
}

bool skep_kernel_mount(enum skep_mount what, const char *table, char *path, size_t size)
{
	if (find_type(mounts[what].type, table, path, size))
		return true;
	return what == SKEP_MOUNT_TRACEFS && find_tracefs_in_debugfs(table, path, size);
}
