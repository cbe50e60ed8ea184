/* SPDX-License-Identifier: 0BSD */
/*
 * In a network namespace of its own: one socket, which listens somewhere else, gets connections to all
 * ports of the range, and to no other.
 */
#define _GNU_SOURCE /* unshare() */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "lookup.skep.h"

#define EXIT_SKIPPED 77

static struct sockaddr_in at_port(uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static int listen_at(uint16_t port)
{
	struct ifreq up = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	struct sockaddr_in here = at_port(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &up), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&here, sizeof(here)), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

/* 0, or the errno of connect(). */
static int connect_to(uint16_t port)
{
	struct sockaddr_in there = at_port(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int err = connect(fd, (struct sockaddr *)&there, sizeof(there)) ? errno : 0;

	close(fd);
	return err;
}

/* The port that the next connection was meant for. */
static uint16_t next_port(int server)
{
	struct sockaddr_in here;
	socklen_t length = sizeof(here);
	int fd = accept(server, NULL, NULL);

	assert_true(fd >= 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&here, &length), 0);
	close(fd);
	return ntohs(here.sin_port);
}

static void one_socket_serves_all_ports_of_the_range(void **state)
{
	SKEP_AUTO(lookup) *app = NULL;
	SKEP_AUTO(skep_link) *link = NULL;
	const uint32_t only = 0;
	int server;

	(void)state;
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	server = listen_at(7000);
	assert_int_equal(lookup_open(&app, NULL), 0);
	lookup_consts(app)->first_port = 8000;
	lookup_consts(app)->last_port = 8999;
	if (lookup_load(app) || skep_map_set_socket(lookup_map_server(app), &only, server) ||
	    skep_attach_sk_lookup(&link, lookup_program_choose(app), NULL, NULL))
		fail_msg("%s", skep_error_last()->message);
	assert_int_equal(connect_to(7999), ECONNREFUSED);
	assert_int_equal(connect_to(8000), 0);
	assert_int_equal(next_port(server), 8000);
	assert_int_equal(connect_to(8999), 0);
	assert_int_equal(next_port(server), 8999);
	assert_int_equal(connect_to(9000), ECONNREFUSED);
	assert_int_equal(lookup_bss(app)->taken, 2);
	close(server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_socket_serves_all_ports_of_the_range),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
