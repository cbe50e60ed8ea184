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

static void parse(const struct argp *argp, int argc, char **argv, unsigned int flags, void *input)
{
	argp_err_exit_status = EXIT_USAGE;
	argp_program_version_hook = print_version;
	if (argp_parse(argp, argc, argv, flags, NULL, input))
		exit(EXIT_USAGE);
}

void cli_parse(const struct argp *argp, int argc, char **argv, void *input)
{
	parse(argp, argc, argv, 0, input);
}

void cli_parse_in_order(const struct argp *argp, int argc, char **argv, void *input)
{
	parse(argp, argc, argv, ARGP_IN_ORDER, input);
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

/* What standard output is, where it was turned into a file. */
static const char *output;

int cli_finish(FILE *file, const char *name)
{
	if (!ferror(file) && !fflush(file))
		return EXIT_OK;
	return cli_fail("skep", NULL, "cannot write to %s: %s",
			file == stdout && output ? output : name, strerror(errno));
}

static bool is_stdout(const char *path)
{
	return !path || !strcmp(path, "-");
}

static int cannot_write(const char *what, const char *path, int error)
{
	return cli_fail(what, error == ENOENT ? "the folder must be there before" : NULL,
			"cannot write %s: %s", path, strerror(error));
}

int cli_can_write(const char *what, const char *path)
{
	char folder[PATH_MAX];
	const char *slash = path ? strrchr(path, '/') : NULL;
	struct stat st;
	int err = 0;

	if (is_stdout(path))
		return EXIT_OK;
	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) + 1 : 1,
		 slash ? path : ".");
	if (!stat(path, &st))
		err = S_ISDIR(st.st_mode) ? EISDIR : access(path, W_OK) ? errno : 0;
	else if (errno != ENOENT || access(folder, W_OK | X_OK))
		err = errno;
	return err ? cannot_write(what, path, err) : EXIT_OK;
}

int cli_output_to(const char *what, const char *path)
{
	int fd, err = 0;

	if (is_stdout(path))
		return EXIT_OK;
	fflush(stdout);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
		err = errno;
	if (fd >= 0 && fd != STDOUT_FILENO)
		close(fd);
	output = path;
	return err ? cannot_write(what, path, err) : EXIT_OK;
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
