/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a running process has loaded. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "library.h"

/* "00400000-00401000 r-xp 00000000 fd:00 123   /path": the range, and where the path begins. */
static const char *parse_line(char *line, char *range, size_t size, unsigned long *inode)
{
	int at = 0, end = 0;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "%*x-%*x%n %*4s %*x %*x:%*x %lu %n", &end, inode, &at) < 1 || !at ||
	    line[at] != '/' || (size_t)end >= size)
		return NULL;
	memcpy(range, line, (size_t)end);
	range[end] = '\0';
	return line + at;
}

int skep_library_each_mapped(int pid, bool (*fn)(const char *path, const char *shown, void *ctx),
			     void *ctx)
{
	char path[64], range[40], *line = NULL;
	unsigned long inode, before = 0;
	bool found = false;
	size_t room = 0;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "re");
	if (!maps)
		return -errno;
	while (!found && getline(&line, &room, maps) > 0) {
		const char *shown = parse_line(line, range, sizeof(range), &inode);

		/* A file's segments follow each other. */
		if (!shown || inode == before)
			continue;
		before = inode;
		snprintf(path, sizeof(path), "/proc/%d/map_files/%s", pid, range);
		found = fn(path, shown, ctx);
	}
	free(line);
	fclose(maps);
	return found ? 0 : -ENOENT;
}

struct search {
	struct skep_binary *binary;
	const char *name;
	int pid;
	dev_t device;
	ino_t inode;
	int err;
};

/*
 * The mapping itself names the file for certain, also one that was deleted or lies under another
 * root; but not everybody may open it (CAP_CHECKPOINT_RESTORE).
 */
static int open_mapped(struct skep_binary *binary, const char *path, const char *shown, int pid)
{
	char root[sizeof(binary->root)];
	int err;

	memcpy(root, binary->root, sizeof(root));
	binary->root[0] = '\0';
	err = skep_binary_open(binary, path, 0);
	memcpy(binary->root, root, sizeof(root));
	if (err && err != -EMFILE && err != -ENFILE)
		err = skep_binary_open(binary, shown, pid);
	if (err)
		return err;
	snprintf(binary->inside, sizeof(binary->inside), "%s", shown);
	snprintf(binary->shown, sizeof(binary->shown), "%s of process %d", shown, pid);
	return 0;
}

static bool look_at(const char *path, const char *shown, void *ctx)
{
	struct search *search = ctx;
	const char *slash = strrchr(shown, '/');
	struct skep_binary found = SKEP_BINARY_NONE;
	struct stat status;
	char name[256];

	snprintf(name, sizeof(name), "%s", slash + 1);
	if (strlen(name) > 10 && !strcmp(name + strlen(name) - 10, " (deleted)"))
		name[strlen(name) - 10] = '\0';
	if (!skep_library_fits(name, search->name))
		return false;
	memcpy(found.root, search->binary->root, sizeof(found.root));
	if (open_mapped(&found, path, shown, search->pid) || fstat(found.fd, &status)) {
		search->err = errno == EMFILE ? -EMFILE : search->err;
		skep_binary_close(&found);
		return false;
	}
	if (search->binary->fd < 0) {
		*search->binary = found;
		search->device = status.st_dev;
		search->inode = status.st_ino;
		search->err = 0;
		return false;
	}
	skep_binary_close(&found);
	if (status.st_dev == search->device && status.st_ino == search->inode)
		return false;
	search->err =
		skep_fail_hint(skep_fail(ENOTUNIQ,
					 "process %d has both %s and %s loaded, which '%s' may "
					 "mean",
					 search->pid, search->binary->inside, shown, search->name),
			       "give the path of the one that is meant");
	return true;
}

int skep_library_in_process(struct skep_binary *binary, const char *name, int pid)
{
	struct search search = { .binary = binary, .name = name, .pid = pid, .err = -ENOENT };

	skep_library_each_mapped(pid, look_at, &search);
	if (search.err == -EMFILE)
		return skep_attach_no_fds(EMFILE, name);
	return search.err;
}
