/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Every program that starts on this machine: who, with which arguments, and how it ended. */
#include <stdio.h>
#include <string.h>

#include <skep/skep.h>

#include "execsnoop.skep.h"
#include "options.h"
#include "print.h"

static int on_event(const struct exec_event *e, size_t bytes, void *ctx)
{
	const struct options *options = ctx;

	if (options->json)
		print_json(e, bytes);
	else
		print_text(e, bytes);
	return ferror(stdout) ? skep_error_set(EIO, NULL, "cannot write to standard output") : 0;
}

static int open_and_set(struct execsnoop **app, const struct options *options)
{
	int err = execsnoop_open(app, NULL);

	if (err)
		return err;
	execsnoop_consts(*app)->only_uid = options->uid;
	execsnoop_consts(*app)->with_exits = options->exits;
	snprintf(execsnoop_consts(*app)->only_comm, SKEP_COMM_BYTES, "%s", options->comm);
	return options->ring_bytes ? execsnoop_resize_events(*app, options->ring_bytes) : 0;
}

static int end_of_time(uint64_t expirations, void *ctx)
{
	(void)expirations;
	skep_loop_stop(ctx);
	return 0;
}

static int stop_after(struct skep_loop *loop, const struct options *options)
{
	if (!options->seconds)
		return 0;
	return skep_loop_add_timer(loop, options->seconds * SKEP_SECOND, end_of_time, loop);
}

int main(int argc, char **argv)
{
	SKEP_AUTO(execsnoop) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	struct options options = { 0 };

	parse_options(argc, argv, &options);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (open_and_set(&app, &options) || execsnoop_load(app) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    stop_after(loop, &options) || execsnoop_on_events(app, loop, on_event, &options) ||
	    execsnoop_attach(app))
		return skep_perror("execsnoop");

	print_heading(&options);
	if (skep_loop_run(loop))
		return skep_perror("execsnoop");

	execsnoop_detach(app);
	if (skep_loop_drain(loop))
		return skep_perror("execsnoop");
	print_summary(skep_loop_ring(loop, "events"));
	return 0;
}
