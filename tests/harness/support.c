// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What every case may use: skipping, temporary folders, files beside the test. */
#include <ftw.h>
#include <limits.h>
#include <unistd.h>

#include "harness/test.h"

#define FILE_PATHS 8

static char tmpdir[PATH_MAX];

void test_skip(const char *format, ...)
{
	char reason[512];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	/* A reason is one line: what reads it goes by lines. */
	for (char *c = reason; *c; c++)
		if (*c == '\n')
			*c = ' ';
	printf("# skip: %s\n", reason);
	skip();
	/* cmocka jumps out of skip(). */
	abort();
}

void test_assert_ok(int err, const char *call, const char *file, int line)
{
	if (!err)
		return;
	print_error("ERROR: %s returned %d (%s)\n", call, err, strerror(abs(err)));
	_fail(file, line);
}

void test_assert_error(int err, int code, const char *call, const char *file, int line)
{
	if (err == -code)
		return;
	print_error("ERROR: %s returned %d (%s), not %d (%s)\n", call, err,
		    err ? strerror(abs(err)) : "success", -code, strerror(code));
	_fail(file, line);
}

const char *test_tmpdir(void)
{
	const char *base = getenv("TMPDIR");

	if (*tmpdir)
		return tmpdir;
	snprintf(tmpdir, sizeof(tmpdir), "%s/skep-test.XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(tmpdir)) {
		int code = errno;

		*tmpdir = '\0';
		fail_msg("cannot make a folder in %s: %s", base ? base : "/tmp", strerror(code));
	}
	return tmpdir;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void test_tmpdir_remove(void)
{
	if (!*tmpdir)
		return;
	/* FTW_MOUNT: a bpffs that a test mounted and left must not be emptied through it. */
	nftw(tmpdir, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	*tmpdir = '\0';
}

const char *test_file(const char *name)
{
	static char paths[FILE_PATHS][PATH_MAX];
	static unsigned int next;
	const char *dir = getenv("SKEP_TEST_FILES");
	char *path = paths[next++ % FILE_PATHS];

	if (!dir)
		fail_msg("SKEP_TEST_FILES is not set: run this test by scripts/test or ctest");
	snprintf(path, PATH_MAX, "%s/%s", dir, name);
	if (access(path, F_OK))
		fail_msg("%s is missing: is it among the FILES of skep_add_test()?", path);
	return path;
}

bool test_is_full(void)
{
	const char *full = getenv("SKEP_TEST_FULL");

	return full && strcmp(full, "1") == 0;
}

int test_scaled_ms(int ms)
{
	const char *scale = getenv("SKEP_TEST_TIME_SCALE");
	int factor = scale ? atoi(scale) : 1;

	return ms * (factor > 0 ? factor : 1);
}
