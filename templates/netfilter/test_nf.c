/* SPDX-License-Identifier: 0BSD */
/* In a network namespace of its own: datagrams to one port do not arrive and are counted, others do. */
#define _GNU_SOURCE /* unshare() */
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

#include "nf.skep.h"

#define EXIT_SKIPPED 77
#define DATAGRAMS    12

/* How many datagrams to this port arrive. */
static int arrive_at(uint16_t port)
{
	struct sockaddr_in here = { .sin_family = AF_INET,
				    .sin_port = htons(port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int receiver = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	int sender = socket(AF_INET, SOCK_DGRAM, 0), arrived = 0;
	char data[8];

	assert_int_equal(bind(receiver, (struct sockaddr *)&here, sizeof(here)), 0);
	/* Loopback delivers before sendto() returns. */
	for (int i = 0; i < DATAGRAMS; i++)
		(void)!sendto(sender, "words", 5, 0, (struct sockaddr *)&here, sizeof(here));
	while (read(receiver, data, sizeof(data)) == 5)
		arrived++;
	close(sender);
	close(receiver);
	return arrived;
}

static void only_the_port_is_refused_and_only_while_attached(void **state)
{
	SKEP_AUTO(nf) *app = NULL;
	struct ifreq up = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	struct skep_link *link = NULL;

	(void)state;
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	assert_int_equal(ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCSIFFLAGS, &up), 0);
	assert_int_equal(nf_open(&app, NULL), 0);
	nf_consts(app)->port = 7001;
	if (nf_load(app) ||
	    skep_attach_netfilter(&link, nf_program_filter(app), SKEP_NETFILTER_LOCAL_IN, NULL))
		fail_msg("%s", skep_error_last()->message);
	assert_int_equal(arrive_at(7000), DATAGRAMS);
	assert_int_equal(arrive_at(7001), 0);
	assert_int_equal(nf_bss(app)->refused, DATAGRAMS);
	skep_link_free(link);
	assert_int_equal(arrive_at(7001), DATAGRAMS);
}

/* Not every kernel can: the reason is worth more than a failure. */
static int can_run(void)
{
	const struct skep_finding *finding = skep_kernel_finding(SKEP_CAN_NETFILTER);

	if (finding->answer == SKEP_YES)
		return 1;
	fprintf(stderr, "skipped: %s\n", finding->why);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_port_is_refused_and_only_while_attached),
	};

	if (!can_run())
		return EXIT_SKIPPED;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
