/* SPDX-License-Identifier: 0BSD */
/* Sends a known number of bytes over loopback in a network namespace of its own, and compares. */
#define _GNU_SOURCE /* unshare() */
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "senders.skep.h"

#define EXIT_SKIPPED 77

/* Both ends of a connection. */
static void connect_ends(int ends[2])
{
	struct sockaddr_in here = { .sin_family = AF_INET };
	struct ifreq up = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t length = sizeof(here);

	ends[0] = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(ioctl(listener, SIOCSIFFLAGS, &up), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&here, &length), 0);
	assert_int_equal(connect(ends[0], (struct sockaddr *)&here, length), 0);
	ends[1] = accept(listener, NULL, NULL);
	assert_true(ends[1] >= 0);
	close(listener);
}

static void what_is_sent_is_counted_and_what_fails_too(void **state)
{
	SKEP_AUTO(senders) *app = NULL;
	struct sender own = { .pid = (uint32_t)getpid(), .comm = "test_senders" };
	struct sent sent = { 0 };
	static const char data[5000];
	int ends[2];

	(void)state;
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	connect_ends(ends);
	if (senders_open(&app, NULL) || senders_load(app) || senders_attach(app))
		fail_msg("%s", skep_error_last()->message);
	for (int i = 0; i < 7; i++)
		assert_int_equal(send(ends[0], data, sizeof(data), 0), sizeof(data));
	shutdown(ends[0], SHUT_WR);
	assert_int_equal(send(ends[0], data, 1, MSG_NOSIGNAL), -1);
	assert_int_equal(skep_map_get(senders_map_by_sender(app), &own, &sent), 0);
	assert_int_equal(sent.calls, 8);
	assert_int_equal(sent.bytes, 7 * sizeof(data));
	assert_int_equal(sent.failures, 1);
	close(ends[0]);
	close(ends[1]);
}

/* Not every kernel can: the reason is worth more than a failure. */
static int can_run(void)
{
	const struct skep_finding *finding = skep_kernel_finding(SKEP_CAN_FENTRY);

	if (finding->answer == SKEP_YES)
		return 1;
	fprintf(stderr, "skipped: %s\n", finding->why);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_sent_is_counted_and_what_fails_too),
	};

	if (!can_run())
		return EXIT_SKIPPED;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
