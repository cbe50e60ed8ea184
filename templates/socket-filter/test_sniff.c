/* SPDX-License-Identifier: 0BSD */
/* Datagrams over loopback, in a network namespace of its own: the socket gets those of its port only. */
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
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "sniff.skep.h"

#define EXIT_SKIPPED 77

static int packets(struct sniff *app, struct skep_link **link)
{
	struct sockaddr_ll here = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	struct ifreq up = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	if (skep_attach_socket(link, sniff_program_choose(app), fd, NULL))
		fail_msg("%s", skep_error_last()->message);
	assert_int_equal(bind(fd, (struct sockaddr *)&here, sizeof(here)), 0);
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &up), 0);
	return fd;
}

static void send_to(uint16_t port)
{
	struct sockaddr_in there = { .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	assert_int_equal(sendto(fd, "words", 5, 0, (struct sockaddr *)&there, sizeof(there)), 5);
	close(fd);
}

/* Loopback shows each packet twice: as it goes, and as it comes. */
static void packets_of_the_port_alone_arrive(void **state)
{
	SKEP_AUTO(sniff) *app = NULL;
	SKEP_AUTO(skep_link) *link = NULL;
	unsigned char packet[256];
	int fd, seen = 0;
	ssize_t bytes;

	(void)state;
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	assert_int_equal(sniff_open(&app, NULL), 0);
	sniff_consts(app)->wanted_port = 7001;
	if (sniff_load(app))
		fail_msg("%s", skep_error_last()->message);
	fd = packets(app, &link);
	send_to(7000);
	send_to(7001);
	send_to(7002);
	while ((bytes = read(fd, packet, sizeof(packet))) > 0) {
		assert_int_equal(bytes, 14 + 20 + 8 + 5);
		assert_memory_equal(packet + 14 + 20 + 8, "words", 5);
		assert_int_equal(packet[14 + 20 + 2] << 8 | packet[14 + 20 + 3], 7001);
		seen++;
	}
	close(fd);
	assert_int_equal(seen, 2);
	assert_true(sniff_bss(app)->looked_at >= 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_of_the_port_alone_arrive),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
