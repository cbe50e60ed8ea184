/* SPDX-License-Identifier: 0BSD */
/* Sends itself a signal, and compares with what the handler was told. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "signals.skep.h"

#define EXIT_SKIPPED 77

static volatile sig_atomic_t handled, code;

static void handle(int number, siginfo_t *info, void *ctx)
{
	(void)number;
	(void)ctx;
	handled++;
	code = info->si_code;
}

static void a_signal_is_reported_as_its_handler_sees_it(void **state)
{
	SKEP_AUTO(signals) *app = NULL;
	struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO };
	signals_events_ring events;
	int err, found = 0;

	(void)state;
	assert_int_equal(sigaction(SIGUSR2, &action, NULL), 0);
	assert_int_equal(signals_open(&app, NULL), 0);
	signals_consts(app)->only = SIGUSR2;
	if (signals_load(app) || signals_open_events(app, &events, NULL) || signals_attach(app))
		fail_msg("%s", skep_error_last()->message);
	kill(getpid(), SIGCHLD); /* another, which nobody asked for */
	kill(getpid(), SIGUSR2);
	assert_int_equal(handled, 1);
	skep_ring_foreach(events, e, 300, &err) {
		if (e->from != (uint32_t)getpid())
			continue; /* somebody else's */
		assert_int_equal(e->to, getpid());
		assert_int_equal(e->number, SIGUSR2);
		assert_int_equal(e->code, code);
		assert_string_equal(e->from_comm, "test_signals");
		assert_string_equal(e->to_comm, "test_signals");
		found++;
	}
	skep_ring_free(events.ring);
	assert_int_equal(err, 0);
	assert_int_equal(found, 1);
}

/* Not every kernel can: the reason is worth more than a failure. */
static int can_run(void)
{
	const struct skep_finding *finding = skep_kernel_finding(SKEP_CAN_TRACEPOINT);

	if (finding->answer == SKEP_YES)
		return 1;
	fprintf(stderr, "skipped: %s\n", finding->why);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signal_is_reported_as_its_handler_sees_it),
	};

	if (!can_run())
		return EXIT_SKIPPED;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
