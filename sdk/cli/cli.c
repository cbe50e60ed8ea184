/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/libbpf.h>
#include <skep/version.h>

static void print_version(FILE *stream, struct argp_state *state)
{
	(void)state;
	fprintf(stream, "skep %s (libbpf %s)\n", skep_version_string(), libbpf_version_string());
}

void cli_parse(const struct argp *argp, int argc, char **argv, void *input)
{
	argp_err_exit_status = EXIT_USAGE;
	argp_program_version_hook = print_version;
	if (argp_parse(argp, argc, argv, 0, NULL, input))
		exit(EXIT_USAGE);
}

enum cli_format cli_format(const char *arg, struct argp_state *state)
{
	if (!strcmp(arg, "json"))
		return FORMAT_JSON;
	if (strcmp(arg, "text"))
		argp_error(state, "--format is text or json, not '%s'", arg);
	return FORMAT_TEXT;
}

static mode_t cli_umask(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return mask;
}

int cli_fail(const char *what, const char *hint, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", what);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	if (hint)
		fprintf(stderr, "  hint: %s\n", hint);
	return EXIT_FAILED;
}

int cli_finish(FILE *file, const char *name)
{
	if (!ferror(file) && !fflush(file))
		return EXIT_OK;
	return cli_fail("skep", NULL, "cannot write to %s: %s", name, strerror(errno));
}

static int write_beside(const char *path, char *beside, size_t room, const char *data, size_t bytes)
{
	FILE *file;
	int fd, err = 0;

	snprintf(beside, room, "%s.XXXXXX", path);
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return errno;
	file = fdopen(fd, "w");
	if (!file || fwrite(data, 1, bytes, file) != bytes || fflush(file) ||
	    fchmod(fd, 0666 & ~cli_umask()))
		err = errno;
	if ((file ? fclose(file) : close(fd)) && !err)
		err = errno;
	if (!err && rename(beside, path))
		err = errno;
	if (err)
		unlink(beside);
	return err;
}

/* A device or a pipe is written into, never replaced. */
static int write_into(const char *path, const char *data, size_t bytes)
{
	FILE *file = fopen(path, "we");
	int err = 0;

	if (!file)
		return errno;
	if (fwrite(data, 1, bytes, file) != bytes)
		err = errno;
	if (fclose(file) && !err)
		err = errno;
	return err;
}

/*
 * Whether `path` is, or becomes, an ordinary file; `real` is then the file itself, so that a
 * link to it stays. Links such as /dev/stdout lead to a file that somebody has open.
 */
static bool is_ordinary(const char *path, char real[PATH_MAX])
{
	struct stat st;

	if (lstat(path, &st) || S_ISREG(st.st_mode))
		return snprintf(real, PATH_MAX, "%s", path) < PATH_MAX;
	if (!strncmp(path, "/dev/", 5) || !strncmp(path, "/proc/", 6))
		return false;
	return realpath(path, real) && !stat(real, &st) && S_ISREG(st.st_mode);
}

int cli_write(const char *what, const char *path, const char *data, size_t bytes)
{
	char real[PATH_MAX], beside[PATH_MAX + 8];
	int err;

	if (!path) {
		fwrite(data, 1, bytes, stdout);
		return cli_finish(stdout, "standard output");
	}
	if (is_ordinary(path, real))
		err = write_beside(real, beside, sizeof(beside), data, bytes);
	else
		err = write_into(path, data, bytes);
	return err ? cli_fail(what, NULL, "cannot write %s: %s", path, strerror(err)) : EXIT_OK;
}
