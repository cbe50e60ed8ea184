/* SPDX-License-Identifier: 0BSD */
/*
 * Sends datagrams over loopback, in a network namespace of its own, from two addresses: those of one
 * arrive, and those of the other are counted where they were dropped.
 */
#define _GNU_SOURCE /* unshare() */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "filter.skep.h"

#define EXIT_SKIPPED 77
#define DATAGRAMS    30
#define DATAGRAM     (14 + 20 + 8 + 5) /* Ethernet, IPv4, UDP, and what is sent */

static struct sockaddr_in address(const char *text, uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };

	assert_int_equal(inet_pton(AF_INET, text, &a.sin_addr), 1);
	return a;
}

static int socket_at(const char *text, uint16_t port)
{
	struct sockaddr_in here = address(text, port);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&here, sizeof(here)), 0);
	return fd;
}

/* How many of them arrive. */
static int send_from(const char *source, int receiver)
{
	struct sockaddr_in there = address("127.0.0.1", 7000);
	int sender = socket_at(source, 0), arrived = 0;
	char buffer[16];

	for (int i = 0; i < DATAGRAMS; i++)
		assert_int_equal(
			sendto(sender, "words", 5, 0, (struct sockaddr *)&there, sizeof(there)), 5);
	close(sender);
	while (read(receiver, buffer, sizeof(buffer)) == 5)
		arrived++;
	return arrived;
}

static void only_the_network_of_the_list_is_dropped(void **state)
{
	SKEP_AUTO(filter) *app = NULL;
	SKEP_AUTO(skep_link) *link = NULL;
	struct ifreq up = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	struct refused seen = { 0 };
	struct skep_lpm4 network;
	int receiver;

	(void)state;
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	assert_int_equal(ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCSIFFLAGS, &up), 0);
	receiver = socket_at("127.0.0.1", 7000);
	assert_int_equal(skep_lpm4_parse(&network, "127.5.0.0/16", NULL), 0);
	if (filter_open(&app, NULL) || filter_load(app) ||
	    skep_map_put(filter_map_networks(app), &network, &seen) ||
	    skep_attach_xdp(&link, filter_program_filter(app), "lo",
			    SKEP_OPTS(skep_xdp_opts, .mode = SKEP_XDP_GENERIC)))
		fail_msg("%s", skep_error_last()->message);
	assert_int_equal(send_from("127.4.255.255", receiver), DATAGRAMS);
	assert_int_equal(send_from("127.5.0.1", receiver), 0);
	assert_int_equal(send_from("127.6.0.0", receiver), DATAGRAMS);
	assert_int_equal(skep_map_get(filter_map_networks(app), &network, &seen), 0);
	assert_int_equal(seen.packets, DATAGRAMS);
	assert_int_equal(seen.bytes, DATAGRAMS * DATAGRAM);
	close(receiver);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_network_of_the_list_is_dropped),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
