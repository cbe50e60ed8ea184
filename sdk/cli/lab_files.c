/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Files of exercises: those that came with skep, and the learner's. */
#include "lab.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXT_MOST (1 << 20)

const char *lab_source_of(const struct lab_exercise *exercise)
{
	return exercise->user_side ? ".c" : ".bpf.c";
}

void lab_own_file(const struct lab *lab, size_t i, const char *file, char path[LAB_PATH])
{
	snprintf(path, LAB_PATH, "%s/%s/%s", lab->own, lab_exercises[i].name, file);
}

void lab_file(const struct lab *lab, size_t i, const char *end, char path[LAB_PATH])
{
	snprintf(path, LAB_PATH, "%s/%s%s", lab->folder, lab_exercises[i].name, end);
}

char *lab_read_text(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* a pipe would have us wait */
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	char *text = NULL;
	struct stat st;
	size_t n;

	if (!file)
		return NULL;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	else
		text = malloc(TEXT_MOST + 1);
	if (!text) {
		fclose(file);
		return NULL;
	}
	n = fread(text, 1, TEXT_MOST, file);
	text[n] = '\0';
	if (ferror(file)) {
		free(text);
		text = NULL;
	}
	fclose(file);
	return text;
}

/* "4", "04", "null-check", "04-null-check", "dir/04-null-check.bpf.c". */
size_t lab_exercise_of(const char *name)
{
	const char *slash = strrchr(name, '/'), *dot;
	size_t length;

	name = slash ? slash + 1 : name;
	dot = strchr(name, '.');
	length = dot ? (size_t)(dot - name) : strlen(name);
	for (size_t i = 0; length && i < lab_count; i++) {
		const char *known = lab_exercises[i].name, *word = strchr(known, '-') + 1;
		char *end;
		unsigned long number = strtoul(name, &end, 10);

		if ((strlen(known) == length && !strncmp(known, name, length)) ||
		    (strlen(word) == length && !strncmp(word, name, length)) ||
		    (isdigit((unsigned char)*name) && end == name + length && number == i + 1))
			return i;
	}
	return lab_count;
}

/* Belongs to whom the folder belongs to, also where root puts it there. */
static int put(const struct lab *lab, const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	struct stat st;
	int err = file ? 0 : errno;

	if (file && (fputs(text, file) < 0 || fflush(file)))
		err = errno;
	if (file && !err && !geteuid() && !stat(lab->folder, &st) &&
	    fchown(fd, st.st_uid, st.st_gid))
		err = errno;
	if (file && fclose(file) && !err)
		err = errno;
	return err ? cli_fail(lab->what, NULL, "cannot write %s: %s", path, strerror(err))
		   : EXIT_OK;
}

static int copy(const struct lab *lab, const char *from, const char *to)
{
	char *text = lab_read_text(from);
	int err;

	if (!text)
		return cli_fail(lab->what, "install skep again", "cannot read %s: %s", from,
				strerror(errno));
	err = put(lab, to, text);
	free(text);
	return err;
}

static int copy_exercise(const struct lab *lab, size_t i)
{
	const char *end = lab_source_of(&lab_exercises[i]);
	char from[LAB_PATH], to[LAB_PATH], file[16];
	int err;

	snprintf(file, sizeof(file), "start%s", end);
	lab_own_file(lab, i, file, from);
	lab_file(lab, i, end, to);
	err = copy(lab, from, to);
	if (err || !lab_exercises[i].user_side)
		return err;
	lab_own_file(lab, i, "given.bpf.c", from);
	lab_file(lab, i, ".bpf.c", to);
	return copy(lab, from, to);
}

/* So that editors find the headers: clangd reads it. */
static int write_flags(const struct lab *lab)
{
	char headers[OWN_PATH], shared[OWN_PATH], path[LAB_PATH];
	char text[2 * OWN_PATH + 128];

	if (!own_find(headers, "/../include", SKEP_BUILD_HEADERS) ||
	    !own_find(shared, "/../include", SKEP_BUILD_SHARED_HEADERS))
		return EXIT_OK;
	snprintf(text, sizeof(text), "-xc\n-std=gnu11\n-isystem\n%s\n-isystem\n%s\n", headers,
		 shared);
	snprintf(path, sizeof(path), "%s/compile_flags.txt", lab->folder);
	return put(lab, path, text);
}

static int fill(struct lab *lab)
{
	char from[LAB_PATH], to[LAB_PATH];
	int err;

	snprintf(from, sizeof(from), "%s/README.md", lab->own);
	snprintf(to, sizeof(to), "%s/README.md", lab->folder);
	err = copy(lab, from, to);
	for (size_t i = 0; !err && i < lab_count; i++)
		err = copy_exercise(lab, i);
	if (!err)
		err = write_flags(lab);
	return err ? err : lab_write(lab);
}

/* Of a folder that this made a moment ago, and in which there are files only. */
static void remove_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
	rmdir(folder);
}

static int cannot_make(const struct lab *lab, const char *directory, int err)
{
	return cli_fail(lab->what,
			err == EEXIST ? "nothing is overwritten: go on there, choose another name, "
					"or remove it first"
				      : NULL,
			"cannot make %s: %s", directory, strerror(err));
}

/* Whole, beside it, and then renamed; or nothing is left. */
int lab_begin(struct lab *lab, const char *directory)
{
	struct stat st;
	mode_t mask = umask(0);
	size_t n = strlen(directory);
	int err;

	umask(mask);
	while (n > 1 && directory[n - 1] == '/')
		n--;
	if (!lstat(directory, &st))
		return cannot_make(lab, directory, EEXIST);
	if (!n || snprintf(lab->folder, sizeof(lab->folder), "%.*s.XXXXXX", (int)n, directory) >=
			  (int)sizeof(lab->folder))
		return cannot_make(lab, directory, n ? ENAMETOOLONG : ENOENT);
	if (!mkdtemp(lab->folder))
		return cannot_make(lab, directory, errno);
	err = fill(lab);
	if (!err && (chmod(lab->folder, 0777 & ~mask) || !lstat(directory, &st) ||
		     rename(lab->folder, directory)))
		err = cannot_make(lab, directory, lstat(directory, &st) ? errno : EEXIST);
	if (err)
		remove_folder(lab->folder);
	else if (!realpath(directory, lab->folder))
		err = cannot_make(lab, directory, errno);
	return err;
}

/* Under the first name that is free. */
static int keep(const struct lab *lab, const char *path, char kept[LAB_PATH + 8])
{
	for (int n = 1; n < 1000; n++) {
		snprintf(kept, LAB_PATH + 8, "%s.old%d", path, n);
		if (!link(path, kept))
			return unlink(path)
				       ? cli_fail(lab->what, NULL, "%s: %s", path, strerror(errno))
				       : EXIT_OK;
		if (errno != EEXIST)
			return cli_fail(lab->what, NULL, "cannot keep %s: %s", path,
					strerror(errno));
	}
	return cli_fail(lab->what, "remove some of them", "there are %s.old1 to .old999", path);
}

static bool is_same(const char *path, const char *other)
{
	char *a = lab_read_text(path), *b = lab_read_text(other);
	bool same = a && b && !strcmp(a, b);

	free(a);
	free(b);
	return same;
}

int lab_reset(struct lab *lab, size_t i)
{
	static const char *const ends[] = { NULL, ".bpf.c" };
	const struct lab_exercise *exercise = &lab_exercises[i];
	int err = EXIT_OK;

	for (int k = 0; !err && k < (exercise->user_side ? 2 : 1); k++) {
		char from[LAB_PATH], to[LAB_PATH], kept[LAB_PATH + 8], file[16];
		const char *end = k ? ends[k] : lab_source_of(exercise);

		snprintf(file, sizeof(file), "%s%s", k ? "given" : "start", end);
		lab_own_file(lab, i, file, from);
		lab_file(lab, i, end, to);
		if (is_same(from, to))
			continue;
		if (!access(to, F_OK)) {
			err = keep(lab, to, kept);
			if (!err)
				printf("What you wrote is kept: %s\n", kept);
		}
		if (!err)
			err = copy(lab, from, to);
	}
	if (err)
		return err;
	lab->marks[i] = (struct lab_mark){ 0 };
	printf("%s is as it was in the beginning.\n", exercise->name);
	return lab_write(lab);
}
