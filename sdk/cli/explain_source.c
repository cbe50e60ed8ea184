/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Whether the sources that are found here are those that were compiled. Where a line is another
 * than the object (or the log) has it, they are not, and nothing is placed in them: that is said.
 * A source that is only newer than its object may have been changed elsewhere.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "explain_show.h"

#define FILES_MOST 16
#define BYTES_MOST ((off_t)16 << 20)
#define CUT_TEXT   200 /* a quoted line as long as this may be cut */

/* Names are what a log or an object says: nothing but C is read, and nothing odd is printed. */
static bool is_source_name(const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)name[i] < ' ' || name[i] == 127)
			return false;
	return n > 2 && name[n - 2] == '.' && (name[n - 1] == 'c' || name[n - 1] == 'h');
}

static FILE *open_source(const struct show *show, const char *name, struct stat *st)
{
	char path[PATH_MAX];
	const char *dir = show->source_dir ? show->source_dir : ".";
	FILE *file;
	int fd, n;

	n = snprintf(path, sizeof(path), "%s%s%s", name[0] == '/' ? "" : dir,
		     name[0] == '/' ? "" : "/", name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return NULL;
	/* Whatever it is, nothing is waited for. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return NULL;
	file = !fstat(fd, st) && S_ISREG(st->st_mode) && st->st_size <= BYTES_MOST ? fdopen(fd, "r")
										   : NULL;
	if (!file)
		close(fd);
	return file;
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* But for blanks, which loaders and pagers change. */
static bool is_same(const char *quoted, const char *line)
{
	const char *at = quoted;

	for (;;) {
		while (is_blank(*at))
			at++;
		while (is_blank(*line))
			line++;
		if (!*at)
			return !*line || at - quoted >= CUT_TEXT;
		if (*at != *line)
			return false;
		at++;
		line++;
	}
}

static bool has_line(FILE *file, const struct skep_place *place)
{
	char *line = NULL;
	size_t room = 0;
	unsigned number = 0;
	bool same = false;

	rewind(file);
	while (number < place->line && getline(&line, &room, file) >= 0)
		number++;
	/* clang quotes no line for some; and of what is behind the end there is none. */
	if (!place->text || !*place->text)
		same = true;
	else if (number == place->line)
		same = is_same(place->text, line);
	free(line);
	return same;
}

static bool is_newer(const struct stat *source, const char *object)
{
	struct stat st;

	if (!object || !strncmp(object, "/proc/", 6) || stat(object, &st))
		return false;
	if (source->st_mtim.tv_sec != st.st_mtim.tv_sec)
		return source->st_mtim.tv_sec > st.st_mtim.tv_sec;
	return source->st_mtim.tv_nsec > st.st_mtim.tv_nsec;
}

/* Each file once, and not without end. */
static bool is_new(const char *file)
{
	static char *seen[FILES_MOST];
	size_t i = 0;

	for (; i < FILES_MOST && seen[i]; i++)
		if (!strcmp(seen[i], file))
			return false;
	if (i == FILES_MOST)
		return false;
	seen[i] = strdup(file);
	return true;
}

static void look_at(const char *what, const struct show *show, const struct skep_place *place,
		    bool *newer)
{
	struct stat st;
	FILE *file;

	if (!place->file || !place->line || !is_source_name(place->file))
		return;
	file = open_source(show, place->file, &st);
	if (!file)
		return;
	*newer |= is_newer(&st, show->object);
	if (!has_line(file, place) && is_new(place->file))
		fprintf(stderr,
			"%s: note: %s was changed since it was compiled: its line %u is another "
			"now; compile it again for fixes that fit\n",
			what, place->file, place->line);
	fclose(file);
}

void show_source_notes(const char *what, const struct show *show,
		       const struct skep_explanation *explanation)
{
	/* A log alone may be of another place, where files are called the same. */
	if (!show->object && !show->source_dir)
		return;
	for (size_t i = 0; i < skep_explanation_count(explanation); i++) {
		const struct skep_diagnostic *d = skep_explanation_diagnostic(explanation, i);
		bool newer = false;

		look_at(what, show, &d->primary, &newer);
		for (size_t c = 0; c < d->cause_count; c++)
			look_at(what, show, &d->causes[c].place, &newer);
		if (newer && d->primary.file && is_new(d->primary.file))
			fprintf(stderr,
				"%s: note: %s is newer than %s: compile it again, if it was "
				"changed\n",
				what, d->primary.file, show->object);
	}
}
