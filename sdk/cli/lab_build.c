/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "lab_build.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_readable(const char *path)
{
	struct stat st;

	/* A compiler would wait for a pipe. */
	return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, R_OK);
}

static int take_source(struct lab_build *build, const struct lab *lab, const char *path)
{
	errno = EINVAL;
	if (is_readable(path) && realpath(path, build->dev.source))
		return EXIT_OK;
	return cli_fail(lab->what, "`skep lab reset NAME` puts an exercise back",
			"cannot read %s: %s", path, strerror(errno));
}

/* 0; or an exit code, with `said` for the compiler's. */
static int judge(struct lab_build *build, int status, const char *tool)
{
	build->said = build->dev.output && build->dev.output[0];
	if (!status)
		return EXIT_OK;
	if (status == 127 || status < 0) {
		build->said = false;
		return cli_fail(build->dev.what, "`skep doctor` tells what has to be installed",
				"cannot start %s", tool);
	}
	return EXIT_FAILED;
}

static int compile_bpf(struct lab_build *build)
{
	return judge(build, dev_plain_run(&build->dev), "clang");
}

/* The library that this very program is linked with; false where it is part of it. */
static bool own_library(char path[PATH_MAX])
{
	int (*function)(struct skep_object **, const char *, const struct skep_object_opts *) =
		skep_object_open;
	void *address;
	Dl_info info;
	char own[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", own, sizeof(own) - 1);

	memcpy(&address, &function, sizeof(address));
	if (n <= 0 || !dladdr(address, &info) || !info.dli_fname || !realpath(info.dli_fname, path))
		return false;
	own[n] = '\0';
	return strcmp(own, path) != 0;
}

static int compile_user(struct lab_build *build)
{
	char shared[OWN_PATH], here[PATH_MAX + 8], library[PATH_MAX], folder[PATH_MAX];
	const char *cc = getenv("CC");
	const char *argv[] = { cc && *cc && !strchr(cc, ' ') ? cc : "cc",
			       "-g",
			       "-O1",
			       "-std=gnu11",
			       "-Wall",
			       "-Wextra",
			       here,
			       "-isystem",
			       shared,
			       build->dev.source,
			       "-o",
			       build->program,
			       library,
			       "-lbpf",
			       "-Xlinker",
			       "-rpath",
			       "-Xlinker",
			       folder,
			       NULL };

	if (!own_find(shared, "/../include", SKEP_BUILD_SHARED_HEADERS))
		snprintf(shared, sizeof(shared), "/usr/include");
	snprintf(here, sizeof(here), "-I%s", build->dev.folder);
	if (!own_library(library))
		snprintf(library, sizeof(library), "-lskep");
	snprintf(folder, sizeof(folder), "%s", library);
	if (strrchr(folder, '/'))
		*strrchr(folder, '/') = '\0';
	return judge(build, dev_build_command(&build->dev, argv), argv[0]);
}

static int generate(struct lab_build *build)
{
	const char *const argv[] = { "/proc/self/exe", "gen",         "-q",
				     "--name",         "consumer",    "-o",
				     build->header,    build->object, NULL };

	return judge(build, dev_build_command(&build->dev, argv), "skep gen");
}

/* Programs with mistakes, for the learner's test to find. */
static int make_wrongs(struct lab_build *build, const struct lab *lab, size_t i)
{
	char path[LAB_PATH], file[32];
	int err = EXIT_OK;

	snprintf(build->wrongs, sizeof(build->wrongs), "%s/wrong-", build->dev.folder);
	build->made.wrongs = build->wrongs;
	for (unsigned n = 1; !err && n <= lab_exercises[i].wrongs && n <= LAB_WRONGS; n++) {
		snprintf(file, sizeof(file), "wrong-%u.bpf.c", n);
		lab_own_file(lab, i, file, path);
		err = take_source(build, lab, path);
		if (err)
			break;
		snprintf(build->dev.object, sizeof(build->dev.object), "%s/wrong-%u.bpf.o",
			 build->dev.folder, n);
		err = compile_bpf(build);
	}
	return err;
}

/* What is given comes from what was installed: the learner's copy is for reading. */
static int make_user(struct lab_build *build, const struct lab *lab, size_t i)
{
	char path[LAB_PATH];
	int err = EXIT_OK;

	if (lab_exercises[i].wrongs) {
		err = make_wrongs(build, lab, i);
	} else {
		snprintf(build->header, sizeof(build->header), "%s/consumer.skep.h",
			 build->dev.folder);
		err = generate(build);
	}
	if (err)
		return err;
	snprintf(build->program, sizeof(build->program), "%s/program", build->dev.folder);
	build->made.program = build->program;
	lab_file(lab, i, ".c", path);
	err = take_source(build, lab, path);
	return err ? err : compile_user(build);
}

int lab_build_make(struct lab_build *build, const struct lab *lab, size_t i)
{
	const struct lab_exercise *exercise = &lab_exercises[i];
	char path[LAB_PATH];
	int err;

	*build = (struct lab_build){ .dev.what = lab->what };
	if (exercise->user_side)
		lab_own_file(lab, i, "given.bpf.c", path);
	else
		lab_file(lab, i, ".bpf.c", path);
	err = take_source(build, lab, path);
	if (!err)
		err = dev_temp_begin(&build->dev);
	if (err)
		return err;
	snprintf(build->object, sizeof(build->object), "%s", build->dev.object);
	build->made.object = build->object;
	err = compile_bpf(build);
	return err || !exercise->user_side ? err : make_user(build, lab, i);
}

static void remove_object(const char *object)
{
	char path[PATH_MAX + 64];

	unlink(object);
	snprintf(path, sizeof(path), "%s.d", object);
	unlink(path);
}

void lab_build_free(struct lab_build *build)
{
	char path[PATH_MAX + 32];

	if (build->header[0])
		unlink(build->header);
	if (build->program[0])
		unlink(build->program);
	for (unsigned n = 1; build->wrongs[0] && n <= LAB_WRONGS; n++) {
		snprintf(path, sizeof(path), "%s%u.bpf.o", build->wrongs, n);
		remove_object(path);
	}
	if (build->object[0])
		remove_object(build->object);
	dev_build_free(&build->dev);
}
