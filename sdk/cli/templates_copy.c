/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Copying one template: into a folder beside the target, renamed when it is whole. */
#include "templates.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

static struct { /* nftw() passes no context */
	const char *from, *to;
	const char *instead; /* a folder whose files are taken instead; NULL: of nothing */
	size_t from_length;
	const struct template_values *values;
	int err;
	char failed[TEMPLATE_PATH];
} job;

static const char *value_of(const char *at, size_t *length)
{
	const struct {
		const char *mark, *value;
	} marks[] = {
		{ "@NAME@", job.values->name },
		{ "@IDENT@", job.values->ident },
		{ "@SKEP_PREFIX@", job.values->prefix },
		{ "@STEM@", job.values->stem },
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		*length = strlen(marks[i].mark);
		if (!strncmp(at, marks[i].mark, *length))
			return marks[i].value;
	}
	return NULL;
}

static void fill_in(const char *text, FILE *out)
{
	while (*text) {
		size_t plain = strcspn(text, "@"), length;
		const char *value;

		fwrite(text, 1, plain, out);
		text += plain;
		if (!*text)
			break;
		value = value_of(text, &length);
		if (value)
			fputs(value, out);
		else
			fputc(*text, out);
		text += value ? length : 1;
	}
}

static char *read_text(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;

	if (!f)
		return NULL;
	if (getdelim(&text, &room, '\0', f) < 0 && !ferror(f)) {
		free(text);
		text = strdup("");
	}
	fclose(f);
	return text;
}

static int copy_file(const char *from, const char *to, mode_t mode)
{
	char *text = read_text(from);
	int fd = text ? open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode & 0777) : -1;
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
	int err = out ? 0 : errno;

	if (out) {
		fill_in(text, out);
		if (ferror(out) || fflush(out))
			err = errno ? errno : EIO;
		if (fclose(out) && !err)
			err = errno;
	}
	free(text);
	return err;
}

/* "src/NAME.bpf.c.in" of the template is "src/hello.bpf.c" of the project. */
static void target_of(const char *path, char to[TEMPLATE_PATH])
{
	const char *rest = path + job.from_length, *mark = strstr(rest, "NAME");
	size_t n;

	if (mark)
		snprintf(to, TEMPLATE_PATH, "%s%.*s%s%s", job.to, (int)(mark - rest), rest,
			 job.values->name, mark + 4);
	else
		snprintf(to, TEMPLATE_PATH, "%s%s", job.to, rest);
	n = strlen(to);
	if (n > 3 && !strcmp(to + n - 3, ".in"))
		to[n - 3] = '\0';
}

/* The template has a file of this name of its own. */
static bool is_replaced(const char *path)
{
	char own[TEMPLATE_PATH];

	if (!job.instead)
		return false;
	snprintf(own, sizeof(own), "%s%s", job.instead, path + job.from_length);
	return !access(own, F_OK);
}

static int copy_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	char to[TEMPLATE_PATH];

	if (!strcmp(path + at->base, ".about") || (type == FTW_F && is_replaced(path)))
		return 0;
	target_of(path, to);
	if (type == FTW_D)
		job.err = !at->level || !mkdir(to, 0777) || errno == EEXIST ? 0 : errno;
	else
		job.err = copy_file(path, to, st->st_mode);
	if (job.err)
		snprintf(job.failed, sizeof(job.failed), "%s", to + strlen(job.to));
	return job.err;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int give_name(const char *beside, const char *target)
{
	struct stat st;

	if (!lstat(target, &st))
		return EEXIST; /* somebody was faster; rename() would take an empty folder */
	return rename(beside, target) ? errno : 0;
}

static void copy_all(const char *from, const char *instead)
{
	job.from = from;
	job.from_length = strlen(from);
	job.instead = instead;
	if (!job.err && nftw(from, copy_one, 16, FTW_PHYS) && !job.err)
		job.err = errno;
}

int templates_copy(const char *what, const char *folder, const char *name, const char *target,
		   const struct template_values *values)
{
	char from[TEMPLATE_PATH + 80], common[TEMPLATE_PATH + 80], beside[TEMPLATE_PATH];
	mode_t mask = umask(0);

	umask(mask);
	snprintf(from, sizeof(from), "%s/%s", folder, name);
	snprintf(common, sizeof(common), "%s/.common", folder);
	if (snprintf(beside, sizeof(beside), "%s.XXXXXX", target) >= (int)sizeof(beside))
		return cli_fail(what, NULL, "the path is too long");
	if (!mkdtemp(beside))
		return cli_fail(what, NULL, "cannot make %s: %s", target, strerror(errno));
	job.to = beside;
	job.values = values;
	job.err = 0;
	job.failed[0] = '\0';
	copy_all(from, NULL);
	copy_all(common, from);
	if (!job.err && chmod(beside, 0777 & ~mask))
		job.err = errno;
	if (!job.err)
		job.err = give_name(beside, target);
	if (!job.err)
		return EXIT_OK;
	nftw(beside, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return cli_fail(what, NULL, "cannot write %s%s: %s", target, job.failed, strerror(job.err));
}
