/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Where the learner's folder is, and what it remembers. */
#include "lab.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int lab_find_own(struct lab *lab)
{
	if (own_find(lab->own, "/../share/skep/lab", SKEP_BUILD_LAB))
		return EXIT_OK;
	return cli_fail(lab->what, "install skep with `cmake --install`, which puts them beside it",
			"there are no exercises beside this program");
}

static bool has_state(const char *folder)
{
	char path[LAB_PATH];
	struct stat st;

	snprintf(path, sizeof(path), "%s/" LAB_STATE, folder);
	return !lstat(path, &st);
}

/* The folder itself, or one above it. */
static bool find_above(struct lab *lab, const char *folder)
{
	if (!realpath(folder, lab->folder))
		return false;
	for (char *slash; !has_state(lab->folder); *slash = '\0') {
		slash = strrchr(lab->folder, '/');
		if (!slash || slash == lab->folder)
			return false;
	}
	return true;
}

bool lab_is_near(struct lab *lab)
{
	bool found = find_above(lab, ".") ||
		     (realpath("skep-lab", lab->folder) && has_state(lab->folder));

	if (!found)
		lab->folder[0] = '\0';
	return found;
}

int lab_find(struct lab *lab, const char *directory)
{
	bool found;

	if (directory)
		found = realpath(directory, lab->folder) && has_state(lab->folder);
	else
		found = lab_is_near(lab);
	if (found)
		return lab_read(lab);
	lab->folder[0] = '\0';
	if (directory)
		return cli_fail(lab->what, "`skep lab start DIR` makes one",
				"%s is not a folder of exercises", directory);
	return cli_fail(lab->what, "`skep lab start` makes one, in ./skep-lab",
			"there is no folder of exercises here");
}

static void take_line(struct lab *lab, char *line)
{
	char *save = NULL, *key = strtok_r(line, " \t\r", &save);
	char *name = strtok_r(NULL, " \t\r", &save), *value = strtok_r(NULL, " \t\r", &save);
	size_t i = name ? lab_exercise_of(name) : lab_count;

	if (!key || i == lab_count)
		return;
	if (!strcmp(key, "done"))
		lab->marks[i].done = true;
	else if (!strcmp(key, "current"))
		lab->current = i;
	else if (!strcmp(key, "hints") && value)
		lab->marks[i].hints = (unsigned)strtoul(value, NULL, 10) % 100;
}

int lab_read(struct lab *lab)
{
	char path[LAB_PATH], *text, *save = NULL;

	snprintf(path, sizeof(path), "%s/" LAB_STATE, lab->folder);
	text = lab_read_text(path);
	if (!text)
		return cli_fail(lab->what,
				"it is a file of text; `skep lab start` makes another folder",
				"cannot read %s: %s", path, strerror(errno));
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		take_line(lab, line);
	free(text);
	return EXIT_OK;
}

static void print_state(const struct lab *lab, FILE *out)
{
	fputs("# skep lab keeps here what is done. It may be edited, and removed with the folder.\n",
	      out);
	fprintf(out, "current %s\n", lab_exercises[lab->current].name);
	for (size_t i = 0; i < lab_count; i++) {
		if (lab->marks[i].done)
			fprintf(out, "done %s\n", lab_exercises[i].name);
		if (lab->marks[i].hints)
			fprintf(out, "hints %s %u\n", lab_exercises[i].name, lab->marks[i].hints);
	}
}

/*
 * Beside it, then renamed: by root in somebody's folder, too, without following a link that is there, and the
 * file is theirs.
 */
int lab_write(const struct lab *lab)
{
	char path[LAB_PATH], beside[LAB_PATH + 8];
	struct stat st;
	FILE *file;
	int fd, err;

	snprintf(path, sizeof(path), "%s/" LAB_STATE, lab->folder);
	snprintf(beside, sizeof(beside), "%s.XXXXXX", path);
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return cli_fail(lab->what, NULL, "cannot write to %s: %s", lab->folder,
				strerror(errno));
	file = fdopen(fd, "w");
	err = file ? 0 : errno;
	if (file)
		print_state(lab, file);
	if (file && (fflush(file) || fchmod(fd, 0644)))
		err = errno;
	if (!err && !stat(lab->folder, &st) && fchown(fd, st.st_uid, st.st_gid) && !geteuid())
		err = errno;
	if ((file ? fclose(file) : close(fd)) && !err)
		err = errno;
	if (!err && rename(beside, path))
		err = errno;
	if (!err)
		return EXIT_OK;
	unlink(beside);
	return cli_fail(lab->what, NULL, "cannot write %s: %s", path, strerror(err));
}
