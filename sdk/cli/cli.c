/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/param.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/libbpf.h>
#include <skep/version.h>

#define WIDEST    100 /* columns: longer lines are hard to read */
#define NARROWEST 20  /* of a column that is broken into lines */

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

static bool is_in_path(const char *program)
{
	const char *path = getenv("PATH"), *end;
	char file[PATH_MAX];

	for (; path && *path; path = *end ? end + 1 : end) {
		end = strchrnul(path, ':');
		snprintf(file, sizeof(file), "%.*s/%s", (int)(end - path), path, program);
		if (!access(file, X_OK))
			return true;
	}
	return false;
}

const char *cli_clang(void)
{
	static const char *const names[] = { "clang",    "clang-20", "clang-19", "clang-18",
					     "clang-17", "clang-16", "clang-15", "clang-14" };
	const char *chosen = getenv("SKEP_CLANG");

	if (chosen && *chosen)
		return chosen;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is_in_path(names[i]))
			return names[i];
	return names[0];
}

/* 0: it is no terminal, or too narrow to break lines for. */
static int terminal_width(int least)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col < least)
		return 0;
	return MIN(size.ws_col, WIDEST);
}

void cli_print_last(int at, const char *format, ...)
{
	char text[512], *rest = text;
	int room = terminal_width(at + NARROWEST) - at;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	while (room > 0 && strlen(rest) > (size_t)room) {
		char *end = rest + room;

		while (end > rest && *end != ' ')
			end--;
		if (end == rest)
			break; /* one word */
		printf("%.*s\n%*s", (int)(end - rest), rest, at, "");
		rest = end + 1;
	}
	puts(rest);
}

/* What standard output is, where it was turned into a file. */
static const char *output;

int cli_finish(FILE *file, const char *name)
{
	int before = errno;

	/* Where an earlier write failed, errno may be somebody else's by now: this one fails too. */
	errno = 0;
	if (!fflush(file) && !ferror(file))
		return EXIT_OK;
	return cli_fail("skep", NULL, "cannot write to %s: %s",
			file == stdout && output ? output : name, strerror(errno ? errno : before));
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
