/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Where the kernel's own file systems are mounted. Never remembered: mounts come and go. */
#include "facts.h"

#include <errno.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

static const struct {
	const char *type;
	const char *usual; /* where everybody mounts it */
	const char *command;
	long magic;
} mounts[SKEP_MOUNT_COUNT] = {
	[SKEP_MOUNT_TRACEFS] = { "tracefs", "/sys/kernel/tracing",
				 "mount -t tracefs tracefs /sys/kernel/tracing", TRACEFS_MAGIC },
	[SKEP_MOUNT_BPFFS] = { "bpf", "/sys/fs/bpf", "mount -t bpf bpffs /sys/fs/bpf",
			       BPF_FS_MAGIC },
	[SKEP_MOUNT_CGROUP2] = { "cgroup2", "/sys/fs/cgroup",
				 "mount -t cgroup2 cgroup2 /sys/fs/cgroup", CGROUP2_SUPER_MAGIC },
	[SKEP_MOUNT_SECURITYFS] = { "securityfs", "/sys/kernel/security",
				    "mount -t securityfs securityfs /sys/kernel/security",
				    SECURITYFS_MAGIC },
	[SKEP_MOUNT_DEBUGFS] = { "debugfs", "/sys/kernel/debug",
				 "mount -t debugfs debugfs /sys/kernel/debug", DEBUGFS_MAGIC },
};

const char *skep_kernel_mount_command(enum skep_mount what)
{
	return mounts[what].command;
}

/* Something else may be mounted over it: then the path leads there. What may not be asked counts. */
static bool is_in_sight(enum skep_mount what, const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) ? errno == EACCES : fs.f_type == mounts[what].magic;
}

/* Without the table (no /proc), the usual place is looked at. */
static bool is_usual(enum skep_mount what, char *path, size_t size)
{
	const char *places[] = { mounts[what].usual,
				 what == SKEP_MOUNT_CGROUP2 ? "/sys/fs/cgroup/unified" : NULL };
	struct statfs fs;

	for (size_t i = 0; i < 2 && places[i]; i++)
		if (!statfs(places[i], &fs) && fs.f_type == mounts[what].magic)
			return snprintf(path, size, "%s", places[i]) < (int)size;
	return false;
}

/* getmntent_r() undoes the table's escapes, as \040 for a blank. */
static bool find_type(enum skep_mount what, const char *table, char *path, size_t size)
{
	FILE *file = setmntent(table ? table : "/proc/self/mounts", "re");
	bool found = false;
	struct mntent entry;
	char buf[4096];

	path[0] = '\0';
	if (!file)
		return !table && is_usual(what, path, size);
	while (!found && getmntent_r(file, &entry, buf, sizeof(buf))) {
		if (strcmp(entry.mnt_type, mounts[what].type) || strlen(entry.mnt_dir) >= size ||
		    (!table && !is_in_sight(what, entry.mnt_dir)))
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

	if (!find_type(SKEP_MOUNT_DEBUGFS, table, debugfs, sizeof(debugfs)))
		return false;
	snprintf(events, sizeof(events), "%s/tracing/events", debugfs);
	if (access(events, F_OK))
		return false;
	return snprintf(path, size, "%s/tracing", debugfs) < (int)size;
}

bool skep_kernel_mount(enum skep_mount what, const char *table, char *path, size_t size)
{
	if (find_type(what, table, path, size))
		return true;
	return what == SKEP_MOUNT_TRACEFS && find_tracefs_in_debugfs(table, path, size);
}
