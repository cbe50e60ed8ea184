/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A tool's run, and its end. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skep/error.h>
#include <skep/attach.h>
#include <skep/ring.h>

#include "tool/tool.h"

void skep_tool_every(struct skep_tool *tool, skep_tool_fn fn, void *ctx)
{
	if (!tool)
		return;
	tool->every = fn;
	tool->every_ctx = ctx;
}

static int print_table(struct skep_tool *tool)
{
	int err = 0;

	if (!tool->every)
		return 0;
	if (tool->tables++ && !tool->json)
		err = skep_tool_write(tool, "\n", 1);
	if (!err)
		err = skep_tool_heading(tool);
	return err ? err : tool->every(tool, tool->every_ctx);
}

/* A table that is due when the time is over is the last one, which comes anyway. */
static int on_interval(uint64_t expirations, void *ctx)
{
	struct skep_tool *tool = ctx;
	uint64_t past;
	int ret;

	tool->ticks += expirations;
	if (tool->duration_ns && (__builtin_mul_overflow(tool->ticks, tool->interval_ns, &past) ||
				  past >= tool->duration_ns))
		return 0;
	ret = print_table(tool);
	if (ret > 0)
		tool->every = NULL; /* that was the last one */
	return ret;
}

static int on_end(uint64_t expirations, void *ctx)
{
	(void)expirations;
	skep_loop_stop(ctx);
	return 0;
}

/* Nobody reads any more: noticed without waiting for something to write. */
static int on_reader_gone(int fd, uint32_t events, void *ctx)
{
	struct skep_tool *tool = ctx;

	(void)fd;
	(void)events;
	tool->write_error = EPIPE;
	return skep_error_set(EPIPE, NULL, "cannot write to standard output: %s", strerror(EPIPE));
}

/* A pipe tells when its reader goes; other files do not, and refuse to be waited for. */
static int watch_reader(struct skep_tool *tool)
{
	struct stat st;

	if (fstat(STDOUT_FILENO, &st) || !S_ISFIFO(st.st_mode))
		return 0;
	return skep_loop_add_fd(tool->loop, STDOUT_FILENO, EPOLLERR, on_reader_gone, tool);
}

static int start(struct skep_tool *tool)
{
	int err = watch_reader(tool);

	if (!err && tool->every && tool->interval_ns)
		err = skep_loop_add_timer(tool->loop, tool->interval_ns, on_interval, tool);
	if (!err && tool->duration_ns)
		err = skep_loop_add_delay(tool->loop, tool->duration_ns, on_end, tool->loop);
	if (!err && !tool->every && !tool->headed)
		err = skep_tool_heading(tool);
	return err ? err : skep_tool_flush(tool);
}

/* What came, and what did not; nothing of tools that have no rings. */
static void print_summary(const struct skep_tool *tool)
{
	struct skep_ring_stats stats;

	if (!skep_loop_ring_stats(tool->loop, &stats))
		return;
	fprintf(stderr, "%s: %" PRIu64 " events, %" PRIu64 " dropped", tool->name, stats.consumed,
		stats.dropped);
	if (stats.bad)
		fprintf(stderr, ", %" PRIu64 " of a wrong size", stats.bad);
	if (stats.misses)
		fprintf(stderr, ", %" PRIu64 " missed by the kernel", stats.misses);
	fputc('\n', stderr);
}

static int fail(struct skep_tool *tool)
{
	/* Who reads a part only knows; who had SIGPIPE ignored wants to be told. */
	if (tool && tool->write_error == EPIPE && tool->pipe_taken)
		return SKEP_TOOL_EXIT_PIPE;
	/* What was printed before belongs before the words. */
	if (tool && !tool->write_error)
		fflush(stdout);
	return skep_perror(skep_tool_name(tool));
}

int skep_tool_usage(const struct skep_tool *tool, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", skep_tool_name(tool));
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\nTry `%s --help' for more information.\n", skep_tool_name(tool));
	return SKEP_TOOL_EXIT_USAGE;
}

int skep_tool_end(struct skep_tool *tool)
{
	int err = tool ? skep_tool_flush(tool) : skep_tool_fail_none();

	return err ? fail(tool) : 0;
}

int skep_tool_run(struct skep_tool *tool, struct skep_object *object)
{
	int err = tool ? start(tool) : skep_tool_fail_none();

	if (!err)
		err = skep_loop_run(tool->loop);
	if (object && tool)
		skep_object_detach(object);
	if (!err)
		err = skep_loop_drain(tool->loop);
	if (!err)
		err = print_table(tool);
	if (err < 0)
		return fail(tool);
	err = skep_tool_end(tool);
	if (!err)
		print_summary(tool);
	return err;
}
