/* SPDX-License-Identifier: 0BSD */
/*
 * In a control group and a network namespace of its own: connects to a port where nobody listens, and
 * is served by another. Outside of the group, the same connect is refused.
 */
#define _GNU_SOURCE /* unshare() */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "redirect.skep.h"

#define EXIT_SKIPPED 77

static char group[256];

static struct sockaddr_in at_port(uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static void listen_at(uint16_t port)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	struct sockaddr_in here = at_port(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &request), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&here, sizeof(here)), 0);
	assert_int_equal(listen(fd, 8), 0);
}

/* In a child, which joins the group first if told so: the errno of connect(), or 0. */
static int connect_to(uint16_t port, int inside)
{
	struct sockaddr_in there = at_port(port);
	int status;
	pid_t pid = fork();

	if (!pid) {
		char path[300];
		FILE *members;

		snprintf(path, sizeof(path), "%s/cgroup.procs", group);
		members = inside ? fopen(path, "w") : NULL;
		if (inside && (!members || fprintf(members, "0") < 0 || fclose(members)))
			_exit(255);
		_exit(connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&there,
			      sizeof(there))
			      ? errno
			      : 0);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static void only_connections_of_the_group_go_elsewhere(void **state)
{
	SKEP_AUTO(redirect) *app = NULL;
	SKEP_AUTO(skep_link) *link = NULL;
	struct place from = { htonl(INADDR_LOOPBACK), htons(7001), 0 };
	struct redirection to = { .to = { htonl(INADDR_LOOPBACK), htons(7002), 0 } };

	(void)state;
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	listen_at(7002);
	if (redirect_open(&app, NULL) || redirect_load(app) ||
	    skep_map_put(redirect_map_redirections(app), &from, &to) ||
	    skep_attach_cgroup(&link, redirect_program_on_connect(app), group, NULL))
		fail_msg("%s", skep_error_last()->message);
	assert_int_equal(connect_to(7001, 1), 0);
	assert_int_equal(connect_to(7001, 1), 0);
	assert_int_equal(connect_to(7003, 1), ECONNREFUSED);
	assert_int_equal(connect_to(7001, 0), ECONNREFUSED);
	assert_int_equal(skep_map_get(redirect_map_redirections(app), &from, &to), 0);
	assert_int_equal(to.connections, 2);
}

/* Where cgroup v2 is mounted is in /proc/mounts. */
static int make_group(void **state)
{
	char line[512], where[128];
	FILE *mounts = fopen("/proc/mounts", "r");
	int made = -1;

	(void)state;
	while (made && mounts && fgets(line, sizeof(line), mounts))
		if (sscanf(line, "%*s %127s cgroup2", where) == 1 && strstr(line, " cgroup2 ")) {
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
		cmocka_unit_test(only_connections_of_the_group_go_elsewhere),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, make_group, remove_group);
}
