/* SPDX-License-Identifier: 0BSD */
/*
 * Sends datagrams over loopback in a network namespace of its own, and asks the kernel itself for the
 * mark that they arrive with (SO_RCVMARK), and counts.
 */
#define _GNU_SOURCE /* unshare() */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "classify.skep.h"

#define EXIT_SKIPPED 77
#ifndef SO_RCVMARK
#define SO_RCVMARK 75 /* Linux 6.0 */
#endif

static int receiver_at(uint16_t port)
{
	struct sockaddr_in here = { .sin_family = AF_INET,
				    .sin_port = htons(port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;

	assert_int_equal(bind(fd, (struct sockaddr *)&here, sizeof(here)), 0);
	/* Before 6.0, marks are not told: then the counts alone are compared. */
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVMARK, &on, sizeof(on));
	return fd;
}

/* The mark that a datagram to `port` arrives with; -1 where the kernel does not tell. */
static long mark_of(int receiver, uint16_t port)
{
	struct sockaddr_in there = { .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char data[16], control[64];
	struct iovec part = { data, sizeof(data) };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	int sender = socket(AF_INET, SOCK_DGRAM, 0);
	uint32_t mark;

	assert_int_equal(sendto(sender, "words", 5, 0, (struct sockaddr *)&there, sizeof(there)),
			 5);
	close(sender);
	assert_int_equal(recvmsg(receiver, &message, 0), 5);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
		if (c->cmsg_level == SOL_SOCKET) {
			memcpy(&mark, CMSG_DATA(c), sizeof(mark));
			return mark;
		}
	return -1;
}

static void packets_get_the_mark_of_their_port(void **state)
{
	SKEP_AUTO(classify) *app = NULL;
	SKEP_AUTO(skep_link) *link = NULL;
	struct ifreq up = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	struct class class = { .mark = 42, .priority = 3 };
	uint16_t port = 7001;
	int in_class, in_none;
	long mark;

	(void)state;
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	assert_int_equal(ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCSIFFLAGS, &up), 0);
	in_class = receiver_at(7001);
	in_none = receiver_at(7002);
	if (classify_open(&app, NULL) || classify_load(app) ||
	    skep_map_put(classify_map_classes(app), &port, &class) ||
	    skep_attach_tcx(&link, classify_program_classify(app), "lo", SKEP_EGRESS,
			    SKEP_OPTS(skep_tcx_opts, .fallback = true)))
		fail_msg("%s", skep_error_last()->message);
	mark = mark_of(in_class, 7001);
	assert_true(mark == 42 || mark == -1);
	mark = mark_of(in_none, 7002);
	assert_true(mark == 0 || mark == -1);
	assert_int_equal(skep_map_get(classify_map_classes(app), &port, &class), 0);
	assert_int_equal(class.packets, 1);
	assert_int_equal(class.bytes, 14 + 20 + 8 + 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_get_the_mark_of_their_port),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
