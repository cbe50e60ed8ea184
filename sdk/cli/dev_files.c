/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The files that an object was made of, watched. Editors save by writing, by renaming, and by
 * removing first: so their folders are watched, and the names looked for.
 */
#include "dev.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "cli.h"

#define MOST 256

struct dev_files {
	int fd;
	size_t count;
	char *paths[MOST];
	int folders[MOST]; /* the watch of its folder */
};

/* What comes with the system does not change while somebody writes a program. */
static bool is_of_system(const char *path)
{
	return !strncmp(path, "/usr/", 5) || !strncmp(path, "/lib", 4);
}

static int add(struct dev_files *files, const char *path)
{
	char folder[PATH_MAX];
	char *slash;

	if (files->count == MOST || is_of_system(path))
		return 0;
	for (size_t i = 0; i < files->count; i++)
		if (!strcmp(files->paths[i], path))
			return 0;
	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (!slash)
		return 0;
	slash[slash == folder] = '\0';
	files->paths[files->count] = strdup(path);
	if (!files->paths[files->count])
		return -ENOMEM;
	files->folders[files->count] = inotify_add_watch(
		files->fd, folder, IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM);
	if (files->folders[files->count++] < 0)
		return -errno;
	return 0;
}

/* `object: a.c b.h \` and so on; a space in a name is escaped. */
static int add_all(struct dev_files *files, FILE *list)
{
	char word[PATH_MAX];
	size_t n = 0;
	int c, err = 0;

	do {
		c = fgetc(list);
		if (c == '\\') {
			c = fgetc(list);
			if (c == '\n')
				c = ' ';
			else if (n < sizeof(word) - 1) {
				word[n++] = (char)c;
				continue;
			}
		}
		if (c != EOF && c != ' ' && c != '\n' && c != '\t') {
			if (n < sizeof(word) - 1)
				word[n++] = (char)c;
			continue;
		}
		word[n] = '\0';
		if (n && word[n - 1] != ':' && word[0] == '/')
			err = add(files, word);
		n = 0;
	} while (c != EOF && !err);
	return err;
}

int dev_files_new(struct dev_files **out, const struct dev_build *build)
{
	struct dev_files *files = calloc(1, sizeof(*files));
	char name[PATH_MAX + 8];
	FILE *list;
	int err;

	if (!files)
		return cli_fail(build->what, NULL, "no memory");
	snprintf(name, sizeof(name), "%s.d", build->object);
	files->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	err = files->fd < 0 ? -errno : add(files, build->source);
	list = err ? NULL : fopen(name, "re");
	if (list) {
		err = add_all(files, list);
		fclose(list);
	}
	if (err) {
		dev_files_free(files);
		return cli_fail(build->what,
				err == -ENOSPC ? "fs.inotify.max_user_watches is too low" : NULL,
				"cannot watch the sources: %s", strerror(-err));
	}
	*out = files;
	return EXIT_OK;
}

int dev_files_fd(const struct dev_files *files)
{
	return files->fd;
}

static const char *find(const struct dev_files *files, const struct inotify_event *event)
{
	for (size_t i = 0; i < files->count; i++)
		if (files->folders[i] == event->wd && event->len &&
		    !strcmp(strrchr(files->paths[i], '/') + 1, event->name))
			return files->paths[i];
	return NULL;
}

const char *dev_files_saved(struct dev_files *files)
{
	_Alignas(struct inotify_event) char events[8192];
	const char *saved = NULL;
	ssize_t n;

	while ((n = read(files->fd, events, sizeof(events))) > 0)
		for (char *at = events; at < events + n;) {
			const struct inotify_event *event = (const void *)at;
			const char *path = find(files, event);

			if (path && (!saved || !access(path, F_OK)))
				saved = path;
			at += sizeof(*event) + event->len;
		}
	return saved;
}

void dev_files_free(struct dev_files *files)
{
	if (!files)
		return;
	for (size_t i = 0; i < files->count; i++)
		free(files->paths[i]);
	close(files->fd);
	free(files);
}
