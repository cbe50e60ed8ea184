/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The temporary folder of a build by clang alone. Whoever uses it holds a lock on it; what has none was left by
 * one that was killed, and goes when the next one begins.
 */
#include "dev.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

#define PREFIX "skep-dev-"

static int held = -1; /* the folder, open and locked */

/* What signal handlers may use: names that were made before. */
static char leftovers[3][PATH_MAX + 16], leftover_folder[PATH_MAX];

static const char *place(void)
{
	const char *tmp = getenv("TMPDIR");

	return tmp && *tmp ? tmp : "/tmp";
}

/* Clang has files of its own there while it writes. */
static void empty(int fd)
{
	DIR *folder = fdopendir(fcntl(fd, F_DUPFD_CLOEXEC, 0));
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		unlinkat(fd, entry->d_name, 0);
	if (folder)
		closedir(folder);
}

/* Removes `name` in `folder`, if it is a folder of ours that nobody holds. */
static void remove_stale(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return;
	if (!fstat(fd, &st) && st.st_uid == geteuid() && !flock(fd, LOCK_EX | LOCK_NB)) {
		empty(fd);
		unlinkat(folder, name, AT_REMOVEDIR);
	}
	close(fd);
}

static void remove_all_stale(void)
{
	DIR *folder = opendir(place());
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		if (!strncmp(entry->d_name, PREFIX, strlen(PREFIX)) &&
		    strlen(entry->d_name) == strlen(PREFIX) + 6)
			remove_stale(dirfd(folder), entry->d_name);
	if (folder)
		closedir(folder);
}

static bool is_there(const char *path)
{
	struct stat named, opened;

	return !stat(path, &named) && !fstat(held, &opened) && named.st_dev == opened.st_dev &&
	       named.st_ino == opened.st_ino;
}

/* Between making and locking it another one may have taken it for a stale one. */
static int make(struct dev_build *build)
{
	do {
		if (held >= 0)
			close(held);
		snprintf(build->folder, sizeof(build->folder) - 32, "%s/" PREFIX "XXXXXX", place());
		if (!mkdtemp(build->folder))
			return -errno;
		held = open(build->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (held < 0 && errno != ENOENT)
			return -errno;
	} while (held < 0 || flock(held, LOCK_EX) || !is_there(build->folder));
	return 0;
}

/* A terminal that is closed, a reader that went away. */
static void on_signal(int signal)
{
	for (size_t i = 0; i < sizeof(leftovers) / sizeof(leftovers[0]); i++)
		unlink(leftovers[i]);
	rmdir(leftover_folder);
	raise(signal); /* SA_RESETHAND: this is the end */
}

static void handle(int signal)
{
	struct sigaction action = { .sa_handler = on_signal,
				    .sa_flags = (int)(SA_RESETHAND | SA_NODEFER) },
			 before;

	if (!sigaction(signal, NULL, &before) && before.sa_handler == SIG_DFL)
		sigaction(signal, &action, NULL);
}

int dev_temp_begin(struct dev_build *build)
{
	const char *name = strrchr(build->source, '/') + 1;
	int err;

	remove_all_stale();
	err = make(build);
	if (err) {
		cli_fail(build->what, "TMPDIR names another folder", "%s: %s", build->folder,
			 strerror(-err));
		build->folder[0] = '\0';
		return EXIT_FAILED;
	}
	/* The object is called as it would be in a project: messages name it. */
	snprintf(build->object, sizeof(build->object), "%s/%.*s.o", build->folder,
		 (int)strlen(name) - 2, name);
	for (size_t i = 0; i < 2; i++)
		snprintf(leftovers[i], sizeof(leftovers[i]), i ? "%s.d" : "%s", build->object);
	snprintf(leftovers[2], sizeof(leftovers[2]), "%s/vmlinux.h", build->folder);
	snprintf(leftover_folder, sizeof(leftover_folder), "%s", build->folder);
	handle(SIGHUP);
	handle(SIGPIPE);
	handle(SIGQUIT);
	return EXIT_OK;
}

void dev_temp_end(struct dev_build *build)
{
	if (held < 0)
		return;
	empty(held);
	rmdir(build->folder);
	close(held);
	held = -1;
}
