/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Which files below a folder are opened for writing, and by whom. */
#include <stdio.h>
#include <string.h>

#include <skep/skep.h>

#include "fileaudit.skep.h"
#include "options.h"
#include "print.h"

static int on_open(const struct open_event *e, size_t bytes, void *ctx)
{
	(void)bytes; /* the path ends with its NUL */
	print_event(ctx, e);
	return ferror(stdout) ? skep_error_set(EIO, NULL, "cannot write to standard output") : 0;
}

static int open_and_set(struct fileaudit **app, const struct options *options)
{
	int err = fileaudit_open(app, NULL);

	if (err)
		return err;
	memcpy(fileaudit_consts(*app)->folder, options->folder, options->folder_bytes);
	fileaudit_consts(*app)->folder_bytes = options->folder_bytes;
	fileaudit_consts(*app)->only_uid = options->uid;
	return 0;
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
	SKEP_AUTO(fileaudit) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	struct options options = { 0 };

	parse_options(argc, argv, &options);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (open_and_set(&app, &options) || fileaudit_load(app) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    stop_after(loop, &options) || fileaudit_on_events(app, loop, on_open, &options) ||
	    fileaudit_attach(app))
		return skep_perror("fileaudit");

	print_heading(&options);
	if (skep_loop_run(loop))
		return skep_perror("fileaudit");

	fileaudit_detach(app);
	if (skep_loop_drain(loop))
		return skep_perror("fileaudit");
	print_summary(skep_loop_ring(loop, "events"));
	return 0;
}
