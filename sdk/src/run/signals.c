/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Ctrl-C and SIGTERM as an event. A handler and not a signalfd: that would need the signals
 * blocked in every thread, also in those that skep knows nothing of. A handler serves once, so a
 * second Ctrl-C ends a process that is stuck.
 */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/fail.h"
#include "loop.h"

static const int numbers[] = { SIGINT, SIGTERM };
#define COUNT (sizeof(numbers) / sizeof(numbers[0]))

static atomic_int event_fd = -1;
static atomic_int caught;
static pid_t owner;
static struct sigaction before[COUNT];

/* A child of fork() has the handler too: there the signal does what it did before. */
static void pass_on(int number)
{
	for (size_t i = 0; i < COUNT; i++)
		if (numbers[i] == number)
			sigaction(number, &before[i], NULL);
	raise(number); /* delivered when the handler returns */
}

static void on_signal(int number)
{
	int saved = errno;
	uint64_t one = 1;

	if (getpid() != owner) {
		pass_on(number);
	} else {
		atomic_store(&caught, number);
		if (write(atomic_load(&event_fd), &one, sizeof(one)) < 0) {
			/* the eventfd is full: the loop will wake anyway */
		}
	}
	errno = saved;
}

int skep_signals_take(int fd)
{
	struct sigaction act = { .sa_handler = on_signal, .sa_flags = SA_RESTART | SA_RESETHAND };
	int none = -1;

	if (!atomic_compare_exchange_strong(&event_fd, &none, fd))
		return skep_fail_hint(skep_fail(EBUSY, "another loop of this process has the "
						       "signals"),
				      "set .signals on one loop, and stop others with "
				      "skep_loop_stop()");
	owner = getpid();
	atomic_store(&caught, 0);
	for (size_t i = 0; i < COUNT; i++) {
		sigaction(numbers[i], NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN)
			sigaction(numbers[i], &act, NULL);
	}
	return 0;
}

void skep_signals_release(void)
{
	for (size_t i = 0; i < COUNT; i++)
		sigaction(numbers[i], &before[i], NULL);
	atomic_store(&event_fd, -1);
}

int skep_signals_caught(void)
{
	return atomic_load(&caught);
}
