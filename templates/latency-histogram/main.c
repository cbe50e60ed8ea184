/* SPDX-License-Identifier: 0BSD */
/*
 * The user side: `@NAME@ [NUMBER [PID]]` measures how long a system call takes until Ctrl-C, and then
 * prints it. The default is 0: read() on x86-64.
 */
#include <stdio.h>
#include <stdlib.h>

#include <skep/skep.h>

#include "latency.skep.h"

static int print_histogram(struct latency *app)
{
	struct skep_hist hist;
	char text[8192];

	if (skep_hist_get(&hist, skep_object_map(latency_object(app), "call_ns"), NULL))
		return skep_perror("call_ns");
	skep_hist_format(&hist, "ns", text, sizeof(text));
	fputs(text, stdout);
	return 0;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(latency) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;

	if (argc > 3) {
		fprintf(stderr, "Usage: @NAME@ NUMBER [PID]\n");
		return 2;
	}
	if (latency_open(&app, NULL) ||
	    skep_number(argv[1], 0, 1000, &latency_consts(app)->number) ||
	    (argc > 2 && skep_number(argv[2], 1, SKEP_PID_MOST, &latency_consts(app)->pid)))
		return skep_perror("@NAME@");
	if (latency_load(app) || latency_attach(app) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) || skep_loop_run(loop))
		return skep_perror("@NAME@");
	if (print_histogram(app))
		return 1;
	return fflush(stdout) ? (perror("@NAME@"), 1) : 0;
}
