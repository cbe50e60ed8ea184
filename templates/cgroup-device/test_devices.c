/* SPDX-License-Identifier: 0BSD */
/* In a control group of its own: one device is refused there, others are not, and nobody else is. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "devices.skep.h"

#define EXIT_SKIPPED 77

static char group[256];

/* In a child, inside of the group or not: the errno of open(), or 0. */
static int open_there(const char *path, int inside)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		char file[300];
		FILE *members;

		snprintf(file, sizeof(file), "%s/cgroup.procs", group);
		members = inside ? fopen(file, "w") : NULL;
		if (inside && (!members || fprintf(members, "0") < 0 || fclose(members)))
			_exit(255);
		_exit(open(path, O_RDONLY) < 0 ? errno : 0);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static void only_the_device_of_the_list_is_refused_and_only_there(void **state)
{
	SKEP_AUTO(devices) *app = NULL;
	SKEP_AUTO(skep_link) *link = NULL;
	const struct device zero = { 1, 5 };
	uint64_t times = 0;

	(void)state;
	if (devices_open(&app, NULL) || devices_load(app) ||
	    skep_map_put(devices_map_refused(app), &zero, &times) ||
	    skep_attach_cgroup(&link, devices_program_may_use(app), group, NULL))
		fail_msg("%s", skep_error_last()->message);
	assert_int_equal(open_there("/dev/zero", 1), EPERM);
	assert_int_equal(open_there("/dev/zero", 1), EPERM);
	assert_int_equal(open_there("/dev/null", 1), 0);
	assert_int_equal(open_there("/dev/zero", 0), 0);
	assert_int_equal(skep_map_get(devices_map_refused(app), &zero, &times), 0);
	assert_int_equal(times, 2);
}

/* Where cgroup v2 is mounted is in /proc/mounts. */
static int make_group(void **state)
{
	char line[512], where[128];
	FILE *mounts = fopen("/proc/mounts", "r");
	int made = -1;

	(void)state;
	while (made && mounts && fgets(line, sizeof(line), mounts))
		if (sscanf(line, "%*s %127s", where) == 1 && strstr(line, " cgroup2 ")) {
			snprintf(group, sizeof(group), "%s/@NAME@-%d", where, getpid());
			made = mkdir(group, 0755);
		}
	if (mounts)
		fclose(mounts);
	return made;
}

static int remove_group(void **state)
{
	(void)state;
	return rmdir(group);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_device_of_the_list_is_refused_and_only_there),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, make_group, remove_group);
}
