/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Packets and bytes that reach an interface, by protocol and source. */
#include <stdio.h>

#include <skep/skep.h>

#include "options.h"
#include "print.h"
#include "xdpcount.skep.h"

static int print_all(struct xdpcount *app, const struct options *options)
{
	const struct traffic *uncounted = &xdpcount_bss(app)->uncounted;
	struct traffic traffic;
	struct source source;
	int err;

	print_heading(options);
	skep_map_foreach(xdpcount_map_traffic_by_source(app), &source, &traffic, &err)
		print_row(options, &source, &traffic);
	if (uncounted->packets)
		print_row(options, NULL, uncounted);
	return fflush(stdout) ? skep_error_set(EIO, NULL, "cannot write to standard output") : err;
}

struct watch {
	struct xdpcount *app;
	struct skep_loop *loop;
	const struct options *options;
	uint64_t seconds;
};

static int on_second(uint64_t expirations, void *ctx)
{
	struct watch *watch = ctx;
	const struct options *options = watch->options;

	watch->seconds += expirations;
	if (options->seconds && watch->seconds >= options->seconds)
		skep_loop_stop(watch->loop);
	else if (options->interval && watch->seconds % options->interval == 0)
		return print_all(watch->app, options);
	return 0;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(xdpcount) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	SKEP_AUTO(skep_link) *link = NULL;
	struct options options = { 0 };
	struct watch watch = { .options = &options };

	parse_options(argc, argv, &options);
	if (xdpcount_open(&app, NULL) || xdpcount_load(app) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    skep_loop_add_timer(loop, SKEP_SECOND, on_second, &watch) ||
	    skep_attach_xdp(&link, xdpcount_program_count(app), options.interface,
			    SKEP_OPTS(skep_xdp_opts, .mode = options.mode)))
		return skep_perror("xdpcount");

	watch.app = app;
	watch.loop = loop;
	fprintf(stderr, "xdpcount: counting on %s; Ctrl-C ends\n", options.interface);
	if (skep_loop_run(loop))
		return skep_perror("xdpcount");

	skep_link_free(SKEP_TAKE(link));
	return print_all(app, &options) ? skep_perror("xdpcount") : 0;
}
