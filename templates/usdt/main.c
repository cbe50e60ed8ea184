/* SPDX-License-Identifier: 0BSD */
/* The user side: `@NAME@ BINARY PROVIDER PROBE` prints each hit until Ctrl-C. */
#include <stdio.h>

#include <skep/skep.h>

#include "requests.skep.h"

static int on_request(const struct request_event *e, void *ctx)
{
	(void)ctx;
	printf("%-8u %-15s", e->pid, e->comm);
	for (int i = 0; i < e->arguments && i < 4; i++)
		printf(" %lld", (long long)e->values[i]);
	putchar('\n');
	return ferror(stdout) ? skep_error_set(EIO, NULL, "cannot print") : 0;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(requests) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	SKEP_AUTO(skep_link) *link = NULL;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 4) {
		fprintf(stderr,
			"Usage: @NAME@ BINARY PROVIDER PROBE (readelf -n BINARY lists them)\n");
		return 2;
	}
	if (requests_open(&app, NULL) || requests_load(app) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    requests_on_events(app, loop, on_request, NULL) ||
	    skep_attach_usdt(&link, requests_program_on_probe(app), argv[1], argv[2], argv[3],
			     NULL))
		return skep_perror("@NAME@");
	printf("%-8s %-15s %s\n", "PID", "COMM", "ARGUMENTS");
	return skep_loop_run(loop) ? skep_perror("@NAME@") : 0;
}
