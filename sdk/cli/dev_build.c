/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Which build tree makes the object of a source, and building it there. */
#include "dev.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

#define LIST "skep-programs.tsv" /* skep_add_bpf_program() writes it: source, object, target */

/* Whether the list has the source: then its object and target are in `build`. */
static bool read_list(struct dev_build *build, const char *list)
{
	char line[2 * PATH_MAX + 512];
	FILE *f = fopen(list, "re");
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f)) {
		char *source = strtok(line, "\t\n"), *object = strtok(NULL, "\t\n");
		char *target = strtok(NULL, "\t\n");

		if (!source || !object || !target || strcmp(source, build->source) != 0)
			continue;
		snprintf(build->object, sizeof(build->object), "%s", object);
		snprintf(build->target, sizeof(build->target), "%s", target);
		snprintf(build->folder, sizeof(build->folder), "%.*s",
			 (int)(strlen(list) - strlen("/" LIST)), list);
		found = true;
	}
	if (f)
		fclose(f);
	return found;
}

/* Of several build trees the one that was configured last. */
static void find_below(struct dev_build *build, const char *folder, time_t *newest)
{
	static const char *const places[] = { "build", "build/*", "cmake-build-*", "out/*" };
	char pattern[PATH_MAX];
	glob_t found = { 0 };
	struct stat st;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (snprintf(pattern, sizeof(pattern), "%s/%s/" LIST, folder, places[i]) <
		    (int)sizeof(pattern))
			glob(pattern, i ? GLOB_APPEND : 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++)
		if (!stat(found.gl_pathv[i], &st) && st.st_mtime >= *newest &&
		    read_list(build, found.gl_pathv[i]))
			*newest = st.st_mtime;
	globfree(&found);
}

/* From the source's folder upwards, as far as there are projects. */
static bool find_above(struct dev_build *build)
{
	char folder[PATH_MAX], file[PATH_MAX + 16];
	bool in_project = false;
	time_t newest = 0;

	snprintf(folder, sizeof(folder), "%s", build->source);
	for (char *slash; !newest && (slash = strrchr(folder, '/')) && slash != folder;) {
		*slash = '\0';
		snprintf(file, sizeof(file), "%s/CMakeLists.txt", folder);
		if (access(file, R_OK))
			continue;
		in_project = true;
		find_below(build, folder, &newest);
	}
	if (!newest && in_project)
		fprintf(stderr,
			"%s: no build tree here makes an object of this file: clang alone does\n"
			"  hint: `cmake -B build` configures one, --build names one elsewhere\n",
			build->what);
	return newest;
}

static int find_in(struct dev_build *build, const char *folder)
{
	char real[PATH_MAX], list[PATH_MAX + 32];

	if (!realpath(folder, real))
		return cli_fail(build->what, NULL, "%s: %s", folder, strerror(errno));
	snprintf(list, sizeof(list), "%s/" LIST, real);
	if (read_list(build, list))
		return EXIT_OK;
	return cli_fail(build->what,
			access(list, R_OK) ? "is it a build tree that was configured with CMake?"
					   : "is it a SOURCE of skep_add_bpf_program() there?",
			"%s does not make an object of %s", folder, build->source);
}

int dev_build_find(struct dev_build *build, const char *source, const char *folder)
{
	size_t n = strlen(source);

	if (!realpath(source, build->source))
		return cli_fail(build->what, NULL, "%s: %s", source, strerror(errno));
	if (n < 3 || strcmp(source + n - 2, ".c") != 0) {
		cli_fail(build->what, "`skep run` is for objects", "%s is not a C file", source);
		return EXIT_USAGE;
	}
	if (folder)
		return find_in(build, folder);
	return find_above(build) ? EXIT_OK : dev_temp_begin(build);
}

/* Grows by what comes; a build that prints more than 1 MB is cut there. */
static int read_all(struct dev_build *build, int fd)
{
	const size_t most = 1 << 20;
	char waste[4096];
	ssize_t n;

	free(build->output);
	build->output_bytes = 0;
	build->output = calloc(1, most + 1);
	if (!build->output)
		return -ENOMEM;
	do {
		size_t room = most - build->output_bytes;

		n = room ? read(fd, build->output + build->output_bytes, room)
			 : read(fd, waste, sizeof(waste));
		if (n > 0 && room)
			build->output_bytes += (size_t)n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	build->output[build->output_bytes] = '\0';
	return 0;
}

static _Noreturn void become(const char *const *argv, int to)
{
	/* The loop's signals are blocked for nobody else. */
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(to, STDOUT_FILENO) >= 0 && dup2(to, STDERR_FILENO) >= 0)
		execvp(argv[0], (char *const *)(uintptr_t)argv);
	dprintf(STDERR_FILENO, "%s: %s\n%s", argv[0], strerror(errno),
		strstr(argv[0], "clang") ? "  hint: install clang, or SKEP_CLANG=/path/to/clang\n"
					 : "");
	_exit(127);
}

int dev_build_command(struct dev_build *build, const char *const *argv)
{
	int fds[2], status = 0, err;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	fflush(NULL);
	pid = fork();
	if (!pid)
		become(argv, fds[1]);
	err = pid < 0 ? -errno : 0;
	close(fds[1]);
	if (!err)
		err = read_all(build, fds[0]);
	close(fds[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (err)
		return err;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int run_cmake(struct dev_build *build)
{
	const char *const argv[] = { "cmake",    "--build",     build->folder,
				     "--target", build->target, NULL };

	return dev_build_command(build, argv);
}

int dev_build_run(struct dev_build *build)
{
	struct timespec before, after;
	int status;

	clock_gettime(CLOCK_MONOTONIC, &before);
	status = build->target[0] ? run_cmake(build) : dev_plain_run(build);
	clock_gettime(CLOCK_MONOTONIC, &after);
	build->seconds = (double)(after.tv_sec - before.tv_sec) +
			 (double)(after.tv_nsec - before.tv_nsec) / 1e9;
	if (status < 0) {
		cli_fail(build->what, NULL, "cannot build: %s", strerror(-status));
		return EXIT_USAGE;
	}
	return status ? EXIT_FAILED : EXIT_OK;
}

void dev_build_free(struct dev_build *build)
{
	free(build->output);
	dev_temp_end(build);
}
