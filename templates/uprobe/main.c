/* SPDX-License-Identifier: 0BSD */
/*
 * The user side: `@NAME@ BINARY FUNCTION [PID]` prints each call of a function of a program or library
 * (a path, or a name as libc.so.6) until Ctrl-C.
 */
#include <stdio.h>

#include <skep/skep.h>

#include "calls.skep.h"

static int print_call(const struct call_event *e, void *function)
{
	printf("%-15s %-7u %s(%#llx, %#llx, %#llx) = %#llx  %.1f us\n", e->comm, e->tid,
	       (const char *)function, (unsigned long long)e->arguments[0],
	       (unsigned long long)e->arguments[1], (unsigned long long)e->arguments[2],
	       (unsigned long long)e->result, (double)e->took_ns / 1e3);
	return fflush(stdout) ? skep_error_set(errno, NULL, "cannot print: %m") : 0;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(calls) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	SKEP_AUTO(skep_link) *call = NULL;
	SKEP_AUTO(skep_link) *end = NULL;
	struct skep_uprobe_opts where = { .sz = sizeof(where) };

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "Usage: @NAME@ BINARY FUNCTION [PID]\n");
		return 2;
	}
	where.symbol = argv[2];
	if (skep_number(argv[3], 1, SKEP_PID_MOST, &where.pid) || calls_open(&app, NULL) ||
	    calls_load(app) || skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    calls_on_events(app, loop, print_call, argv[2]) ||
	    skep_attach_uprobe(&end, calls_program_on_return(app), argv[1], &where) ||
	    skep_attach_uprobe(&call, calls_program_on_call(app), argv[1], &where))
		return skep_perror("@NAME@");
	return skep_loop_run(loop) ? skep_perror("@NAME@") : 0;
}
