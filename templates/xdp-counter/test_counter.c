/* SPDX-License-Identifier: 0BSD */
/* Sends datagrams over loopback in a network namespace of its own, and compares the counter. */
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

#include "counter.skep.h"

#define EXIT_SKIPPED  77
#define DATAGRAMS     25
#define PAYLOAD       100
#define HEADERS_BYTES (14 + 20 + 8) /* Ethernet, IPv4, UDP */

static void bring_up_loopback(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &request), 0);
	close(fd);
}

static void send_datagrams(int count)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	char payload[PAYLOAD] = { 0 };
	int sender = socket(AF_INET, SOCK_DGRAM, 0), receiver = socket(AF_INET, SOCK_DGRAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(receiver, (struct sockaddr *)&to, sizeof(to)), 0);
	for (int i = 0; i < count; i++)
		assert_int_equal(sendto(sender, payload, sizeof(payload), 0, (struct sockaddr *)&to,
					sizeof(to)),
				 PAYLOAD);
	close(sender);
	close(receiver);
}

static void every_datagram_is_counted_with_its_bytes(void **state)
{
	SKEP_AUTO(counter) *app = NULL;
	SKEP_AUTO(skep_link) *link = NULL;
	const uint32_t udp = IPPROTO_UDP;
	struct traffic seen = { 0 };

	(void)state;
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	bring_up_loopback();
	if (counter_open(&app, NULL) || counter_load(app) ||
	    skep_attach_xdp(&link, counter_program_count(app), "lo",
			    SKEP_OPTS(skep_xdp_opts, .mode = SKEP_XDP_GENERIC)))
		fail_msg("%s", skep_error_last()->message);
	send_datagrams(DATAGRAMS);
	assert_int_equal(skep_map_get(counter_map_by_protocol(app), &udp, &seen), 0);
	assert_int_equal(seen.packets, DATAGRAMS);
	assert_int_equal(seen.bytes, DATAGRAMS * (PAYLOAD + HEADERS_BYTES));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_datagram_is_counted_with_its_bytes),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
