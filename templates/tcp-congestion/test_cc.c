/* SPDX-License-Identifier: 0BSD */
/* In a network namespace of its own: a connection chooses it, and everything arrives. */
#define _GNU_SOURCE /* unshare() */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "cc.skep.h"

#define EXIT_SKIPPED 77
#define BYTES        (4 << 20)

static struct sockaddr_in here = { .sin_family = AF_INET };

/* In a child: reads to the end; its status is how many MiB that were. */
static pid_t serve(int listener)
{
	static char data[65536];
	size_t total = 0;
	ssize_t n;
	pid_t pid = fork();
	int fd;

	if (pid)
		return pid;
	fd = accept(listener, NULL, NULL);
	while ((n = read(fd, data, sizeof(data))) > 0)
		total += (size_t)n;
	_exit((int)(total >> 20));
}

static int connect_with(const char *name)
{
	char chosen[16] = "";
	socklen_t length = sizeof(chosen);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, (socklen_t)strlen(name)),
			 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&here, sizeof(here)), 0);
	assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, chosen, &length), 0);
	assert_string_equal(chosen, name);
	return fd;
}

static void send_all(int fd)
{
	static char data[BYTES];

	for (size_t sent = 0; sent < BYTES;) {
		ssize_t n = write(fd, data + sent, BYTES - sent);

		assert_true(n > 0);
		sent += (size_t)n;
	}
	close(fd);
}

static void a_connection_chooses_it_and_everything_arrives(void **state)
{
	SKEP_AUTO(cc) *app = NULL;
	struct ifreq up = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	socklen_t length = sizeof(here);
	int listener, status;
	pid_t server;

	(void)state;
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	assert_int_equal(ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCSIFFLAGS, &up), 0);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&here, &length), 0);
	if (cc_open(&app, NULL) || cc_load(app) || cc_attach(app))
		fail_msg("%s", skep_error_last()->message);
	server = serve(listener);
	send_all(connect_with(CC_NAME));
	waitpid(server, &status, 0);
	close(listener);
	assert_int_equal(WEXITSTATUS(status), BYTES >> 20);
	assert_int_equal(cc_bss(app)->connections, 1);
	assert_in_range(cc_bss(app)->acknowledged, BYTES / 65536, BYTES / 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_chooses_it_and_everything_arrives),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
