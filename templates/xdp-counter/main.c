/* SPDX-License-Identifier: 0BSD */
/* The user side: `@NAME@ INTERFACE` prints the counters every second, until Ctrl-C. */
#include <stdio.h>

#include <skep/skep.h>

#include "counter.skep.h"

static int print_counters(uint64_t expirations, void *ctx)
{
	struct traffic traffic;
	uint32_t protocol;
	int err;

	(void)expirations;
	printf("%-10s %12s %16s\n", "PROTOCOL", "PACKETS", "BYTES");
	skep_map_foreach(counter_map_by_protocol(ctx), &protocol, &traffic, &err)
		if (traffic.packets)
			printf("%-10u %12llu %16llu\n", protocol,
			       (unsigned long long)traffic.packets,
			       (unsigned long long)traffic.bytes);
	return fflush(stdout) ? skep_error_set(errno, NULL, "cannot print: %m") : err;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(counter) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	SKEP_AUTO(skep_link) *link = NULL;

	if (argc != 2) {
		fprintf(stderr, "Usage: @NAME@ INTERFACE\n");
		return 2;
	}
	if (counter_open(&app, NULL) || counter_load(app) ||
	    skep_attach_xdp(&link, counter_program_count(app), argv[1], NULL) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    skep_loop_add_timer(loop, SKEP_SECOND, print_counters, app) || skep_loop_run(loop))
		return skep_perror("@NAME@");
	return 0;
}
