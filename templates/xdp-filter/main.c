/* SPDX-License-Identifier: 0BSD */
/*
 * The user side: `@NAME@ INTERFACE NETWORK...` drops what comes from these networks (10.0.0.0/8) until
 * Ctrl-C, and then tells how much that was.
 */
#include <stdio.h>

#include <skep/skep.h>

#include "filter.skep.h"

static int refuse(struct filter *app, char **networks)
{
	const struct refused nothing = { 0 };
	struct skep_lpm4 key;

	for (; *networks; networks++)
		if (skep_lpm4_parse(&key, *networks, NULL) ||
		    skep_map_put(filter_map_networks(app), &key, &nothing))
			return -1;
	return 0;
}

static int tell(struct filter *app)
{
	char text[SKEP_LPM4_TEXT_BYTES];
	struct refused refused;
	struct skep_lpm4 key;
	int err;

	skep_map_foreach(filter_map_networks(app), &key, &refused, &err) {
		if (skep_lpm4_text(&key, text, sizeof(text)))
			return -1;
		printf("%-18s %12llu packets %16llu bytes\n", text,
		       (unsigned long long)refused.packets, (unsigned long long)refused.bytes);
	}
	return err;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(filter) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	SKEP_AUTO(skep_link) *link = NULL;

	if (argc < 3) {
		fprintf(stderr, "Usage: @NAME@ INTERFACE NETWORK...\n");
		return 2;
	}
	if (filter_open(&app, NULL) || filter_load(app) || refuse(app, argv + 2) ||
	    skep_attach_xdp(&link, filter_program_filter(app), argv[1], NULL) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    skep_loop_run(loop) || tell(app))
		return skep_perror("@NAME@");
	return fflush(stdout) ? (perror("@NAME@"), 1) : 0;
}
