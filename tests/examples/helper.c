/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A program that ends as the variable SKEP_HELPER says, whatever its arguments are:
 *	exit:N       with this status
 *	kill:N       by this signal
 *	sleep:MS     after this time
 *	threads:MS   with threads, of which the first ends at once, the last after this time
 *	crowd:N      with this many threads that all end at the same moment
 *	execs:N      after it started itself anew so many times, from a second thread
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CROWD 32

static pthread_barrier_t together;

static void sleep_ms(long ms)
{
	const struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

static void *sleep_in_thread(void *ms)
{
	sleep_ms(*(const long *)ms);
	return NULL;
}

static void *end_together(void *unused)
{
	pthread_barrier_wait(&together);
	return unused;
}

static void *exec_again(void *argv)
{
	execv("/proc/self/exe", argv);
	_exit(127);
}

/* Not pthread_exit(), which looks for libgcc_s.so. */
static void end_this_thread(void)
{
	syscall(SYS_exit, 0);
}

/* The process goes on without its first thread. */
static void outlive_first_thread(long ms)
{
	static long times[4];
	pthread_t thread;

	for (int i = 0; i < 4; i++) {
		times[i] = ms * (i + 1) / 4;
		if (pthread_create(&thread, NULL, sleep_in_thread, &times[i]))
			exit(126);
	}
	end_this_thread();
}

static void end_in_a_crowd(long count)
{
	pthread_t thread;

	if (count > CROWD)
		count = CROWD;
	pthread_barrier_init(&together, NULL, (unsigned int)count + 1);
	for (long i = 0; i < count; i++)
		if (pthread_create(&thread, NULL, end_together, NULL))
			exit(126);
	pthread_barrier_wait(&together);
	end_this_thread();
}

static void exec_from_thread(long left, char **argv)
{
	char how[32];
	pthread_t thread;

	if (!left)
		return;
	snprintf(how, sizeof(how), "execs:%ld", left - 1);
	setenv("SKEP_HELPER", how, 1);
	if (pthread_create(&thread, NULL, exec_again, argv))
		exit(126);
	pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
	const char *how = getenv("SKEP_HELPER");
	const char *colon = how ? strchr(how, ':') : NULL;
	long number = colon ? strtol(colon + 1, NULL, 10) : 0;

	(void)argc;
	if (!colon)
		return 0;
	if (!strncmp(how, "exit:", 5))
		return (int)number;
	if (!strncmp(how, "kill:", 5))
		raise((int)number);
	else if (!strncmp(how, "sleep:", 6))
		sleep_ms(number);
	else if (!strncmp(how, "threads:", 8))
		outlive_first_thread(number);
	else if (!strncmp(how, "crowd:", 6))
		end_in_a_crowd(number);
	else if (!strncmp(how, "execs:", 6))
		exec_from_thread(number, argv);
	return 0;
}
