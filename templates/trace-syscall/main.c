/* SPDX-License-Identifier: 0BSD */
/*
 * The user side: `@NAME@ [-p PID] CALL...` prints each of these system calls when it has returned, until
 * Ctrl-C: `@NAME@ openat execve`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skep/skep.h>

#include "calls.skep.h"
#include "names.h"

static const char *const ways[] = {
	[BY_64_BIT] = "64-bit",
	[BY_32_BIT] = "32-bit",
	[BY_X32] = "x32",
	[BY_IO_URING] = "io_uring",
};

/* Small numbers, also below 0, are easier to read in decimal: AT_FDCWD is -100. */
static void print_number(uint64_t number)
{
	int32_t low = (int32_t)number;

	if ((number >> 32 == 0 || number >> 32 == UINT32_MAX) && low > -4096 && low < 100)
		printf("%d", low);
	else
		printf("%#llx", (unsigned long long)number);
}

static void print_arguments(const struct call_event *e)
{
	int text, count = names_arguments(e, &text);

	for (int i = 0; i < count; i++) {
		printf("%s", i ? ", " : "");
		if (i != text || e->text_bytes < 0)
			print_number(e->arguments[i]);
		else
			printf("\"%s\"%s", e->text, e->text_bytes < TEXT_BYTES ? "" : "...");
	}
}

static int print_call(const struct call_event *e, void *ctx)
{
	(void)ctx;
	printf("%-15s %-7u %-8s %s(", e->comm, e->tid, ways[e->way], names_of(e));
	print_arguments(e);
	if (e->is_open)
		printf(") = ?\n");
	else if (e->result < 0 && e->result >= -4095)
		printf(") = %s  %.1f us\n", strerror((int)-e->result), (double)e->took_ns / 1e3);
	else
		printf(") = %lld  %.1f us\n", (long long)e->result, (double)e->took_ns / 1e3);
	return fflush(stdout) ? skep_error_set(errno, NULL, "cannot print: %m") : 0;
}

static int usage(void)
{
	fprintf(stderr, "Usage: @NAME@ [-p PID] CALL...\n");
	return 2;
}

/* What the command line asks for; 0, or what main() returns. */
static int choose(struct calls *app, int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "p:")) == 'p')
		if (skep_number(optarg, 1, SKEP_PID_MOST, &calls_consts(app)->only_pid))
			return skep_perror("@NAME@");
	if (option != -1 || optind == argc)
		return usage();
	for (; optind < argc; optind++)
		if (names_want(app, argv[optind])) {
			fprintf(stderr, "@NAME@: no system call '%s'\n", argv[optind]);
			return usage();
		}
	calls_consts(app)->never_pid = (uint32_t)getpid();
	return 0;
}

/* Requests have one tracepoint, by two names; before Linux 6.0 it was another one. */
static int load(struct calls *app)
{
	struct skep_program *of_requests[] = {
		calls_program_on_request(app),
		calls_program_on_request_before_6_4(app),
		calls_program_on_complete(app),
	};
	bool is_known = skep_kernel_version() >= SKEP_KERNEL_VERSION(6, 0, 0);

	for (int i = 0; i < 3; i++)
		if (skep_program_enable(of_requests[i], is_known) ||
		    skep_program_set_optional(of_requests[i], true))
			return -1;
	return calls_load(app);
}

int main(int argc, char **argv)
{
	SKEP_AUTO(calls) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	struct skep_ring_stats stats;
	int wrong;

	if (calls_open(&app, NULL))
		return skep_perror("open");
	wrong = choose(app, argc, argv);
	if (wrong)
		return wrong;
	if (load(app) || skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    calls_on_events(app, loop, print_call, NULL) || calls_attach(app) ||
	    skep_loop_run(loop))
		return skep_perror("@NAME@");
	skep_ring_stats(skep_loop_ring(loop, "events"), &stats);
	fprintf(stderr, "@NAME@: %llu calls, %llu more that there was no room for\n",
		(unsigned long long)stats.consumed, (unsigned long long)stats.dropped);
	return 0;
}
