/* SPDX-License-Identifier: 0BSD */
/*
 * For a user that nobody else is: programs of the system run, a copy elsewhere does not, nor does one that
 * has no name; and for root nothing changes.
 */
#define _GNU_SOURCE /* memfd_create() */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "policy.skep.h"

#define EXIT_SKIPPED 77
#define USER         54321

extern char **environ;

static char copy[] = "/tmp/policy-XXXXXX";

static void take_over(int to)
{
	int from = open("/bin/true", O_RDONLY);

	while (sendfile(to, from, NULL, 1 << 20) > 0)
		;
	close(from);
}

/* The errno of execve(), or 0 if the program ran; `path` NULL: a copy in memory only. */
static int run_as(uid_t uid, const char *path)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		char *argv[] = { (char *)"true", NULL };
		int fd = memfd_create("true", MFD_CLOEXEC);

		take_over(fd);
		if (setresuid(uid, uid, uid))
			_exit(255);
		if (path)
			execve(path, argv, environ);
		else
			fexecve(fd, argv, environ);
		_exit(errno);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static struct policy *start(void)
{
	struct policy *app = NULL;
	char real[4096];

	if (policy_open(&app, NULL) || !realpath("/bin", real))
		return NULL;
	policy_consts(app)->only_uid = USER;
	policy_consts(app)->folders[0] = (struct folder){ 4, "/lib" };
	policy_consts(app)->folders[1].bytes = (uint32_t)strlen(real);
	memcpy(policy_consts(app)->folders[1].path, real, strlen(real));
	if (!policy_load(app) && !policy_attach(app))
		return app;
	policy_free(app);
	return NULL;
}

static void only_programs_of_the_folders_run_and_only_for_that_user(void **state)
{
	SKEP_AUTO(policy) *app = start();
	policy_events_ring events;
	int err, refused = 0;

	(void)state;
	if (!app)
		fail_msg("%s", skep_error_last()->message);
	assert_int_equal(policy_open_events(app, &events, NULL), 0);
	assert_int_equal(run_as(USER, "/bin/true"), 0);
	assert_int_equal(run_as(USER, copy), EPERM);
	assert_int_equal(run_as(USER, NULL), EPERM);
	assert_int_equal(run_as(0, copy), 0);
	assert_int_equal(run_as(0, NULL), 0);
	skep_ring_foreach(events, e, 300, &err) {
		assert_int_equal(e->uid, USER);
		if (!refused++)
			assert_string_equal(e->path, copy);
	}
	skep_ring_free(events.ring);
	assert_int_equal(err, 0);
	assert_int_equal(refused, 2);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_programs_of_the_folders_run_and_only_for_that_user),
	};
	int fd, failed = EXIT_SKIPPED;

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	fd = mkstemp(copy);
	if (fd < 0 || fchmod(fd, 0755))
		return 1;
	take_over(fd);
	close(fd);
	if (can_run())
		failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(copy);
	return failed;
}
