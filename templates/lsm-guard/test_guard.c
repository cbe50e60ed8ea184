/* SPDX-License-Identifier: 0BSD */
/* Guards a folder of its own: root may not change it, its user may, and other folders are as ever. */
#define _GNU_SOURCE /* setresuid() */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "guard.skep.h"

#define EXIT_SKIPPED 77
#define OWNER        12345

static char folder[] = "/tmp/guard-XXXXXX", file[64], moved[64];

/* In a child, as this user: the errno of a change of the file, or 0. */
static int change_as(uid_t uid, int (*change)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(setresuid(uid, uid, uid) ? 255 : change() ? errno : 0);
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static int write_it(void)
{
	return open(file, O_WRONLY) < 0;
}

static int read_it(void)
{
	return open(file, O_RDONLY) < 0;
}

static int rename_it(void)
{
	return rename(file, moved);
}

static int remove_it(void)
{
	return unlink(file);
}

static struct guard *start(void)
{
	struct guard *app = NULL;
	struct stat st;

	if (stat(folder, &st) || guard_open(&app, NULL))
		return NULL;
	guard_consts(app)->folder.inode = st.st_ino;
	guard_consts(app)->folder.device = (uint32_t)st.st_dev;
	guard_consts(app)->owner = OWNER;
	if (!guard_load(app) && !guard_attach(app))
		return app;
	guard_free(app);
	return NULL;
}

static void only_its_user_changes_the_folder(void **state)
{
	SKEP_AUTO(guard) *app = start();

	(void)state;
	if (!app)
		fail_msg("%s", skep_error_last()->message);
	assert_int_equal(change_as(0, read_it), 0);
	assert_int_equal(change_as(0, write_it), EACCES);
	assert_int_equal(change_as(0, rename_it), EACCES);
	assert_int_equal(change_as(0, remove_it), EACCES);
	assert_int_equal(change_as(OWNER, write_it), 0);
	assert_int_equal(change_as(OWNER, remove_it), 0);
	assert_int_equal(access(file, F_OK), -1);
}

/* Root's again: so it was the program that refused. */
static void without_it_root_may_again(void **state)
{
	int fd = open(file, O_WRONLY | O_CREAT, 0600);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(unlink(file), 0);
}

/* Not every kernel can: the reason is worth more than a failure. */
static int can_run(void)
{
	const struct skep_finding *finding = skep_kernel_finding(SKEP_CAN_LSM);

	if (finding->answer == SKEP_YES)
		return 1;
	fprintf(stderr, "skipped: %s\n", finding->why);
	return 0;
}

static int make_folder(void)
{
	int fd;

	if (!mkdtemp(folder))
		return -1;
	snprintf(file, sizeof(file), "%s/file", folder);
	snprintf(moved, sizeof(moved), "%s/moved", folder);
	fd = open(file, O_WRONLY | O_CREAT, 0666);
	if (fd < 0)
		return -1;
	close(fd);
	/* Only root and its user can get there; what they may do is the program's to say. */
	return chown(folder, OWNER, 0) || chown(file, OWNER, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_its_user_changes_the_folder),
		cmocka_unit_test(without_it_root_may_again),
	};
	int failed = EXIT_SKIPPED;

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	if (make_folder())
		return 1;
	if (can_run())
		failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(file);
	rmdir(folder);
	return failed;
}
