/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A tool: made from its command line, and freed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skep/error.h>

#include "tool/tool.h"

/* As far as the caller's struct goes; the rest is zero. */
static int read_opts(struct skep_tool_opts *own, const struct skep_tool_opts *opts)
{
	const unsigned char *bytes = (const unsigned char *)opts;
	size_t sz = opts ? opts->sz : sizeof(*own);

	memset(own, 0, sizeof(*own));
	if (sz < sizeof(size_t))
		return skep_error_set(EINVAL, "make options with SKEP_OPTS()",
				      "options of skep_tool_new(): sz is not set");
	for (size_t i = sizeof(*own); i < sz; i++)
		if (bytes[i])
			return skep_error_set(E2BIG, "run with the skep it was compiled with",
					      "options of skep_tool_new() have members that this "
					      "skep does not know");
	if (opts)
		memcpy(own, opts, sz < sizeof(*own) ? sz : sizeof(*own));
	return 0;
}

static char *name_of(int argc, char **argv)
{
	const char *path = argc > 0 && argv && argv[0] && argv[0][0] ? argv[0] : "tool";
	const char *slash = strrchr(path, '/');

	return strdup(slash && slash[1] ? slash + 1 : path);
}

/* Writing into a pipe that nobody reads is then an error, and not the end. */
static void ignore_pipe(struct skep_tool *tool)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGPIPE, NULL, &tool->pipe_before);
	if (tool->pipe_before.sa_handler != SIG_DFL)
		return; /* somebody has an opinion */
	sigaction(SIGPIPE, &ignore, NULL);
	tool->pipe_taken = true;
}

int skep_tool_new(struct skep_tool **out, int argc, char **argv, const struct skep_tool_opts *opts)
{
	struct skep_tool_opts own;
	SKEP_AUTO(skep_tool) *tool = NULL;
	int err = read_opts(&own, opts);

	if (err)
		return err;
	tool = calloc(1, sizeof(*tool));
	if (tool)
		tool->name = name_of(argc, argv);
	if (!tool || !tool->name)
		return skep_error_set(ENOMEM, NULL, "no memory for a tool");
	err = skep_tool_use_columns(tool, own.columns);
	if (!err)
		err = skep_tool_parse(tool, argc, argv, &own);
	if (err)
		return err;
	/* Its number would be given to the next file, which would then be written into. */
	if (fcntl(STDOUT_FILENO, F_GETFD) < 0)
		return skep_error_set(EBADF, "send it to /dev/null where it is not wanted",
				      "standard output is closed");
	err = skep_loop_new(&tool->loop, SKEP_OPTS(skep_loop_opts, .signals = true));
	if (err)
		return err;
	ignore_pipe(tool);
	*out = SKEP_TAKE(tool);
	return 0;
}

void skep_tool_free(struct skep_tool *tool)
{
	int saved = errno;

	if (!tool)
		return;
	if (tool->loop && !tool->write_error)
		fflush(stdout);
	skep_loop_free(tool->loop);
	if (tool->pipe_taken)
		sigaction(SIGPIPE, &tool->pipe_before, NULL);
	json_decref(tool->object);
	skep_tool_buffer_free(&tool->line);
	skep_tool_buffer_free(&tool->note);
	free(tool->name);
	free(tool);
	errno = saved;
}

const char *skep_tool_name(const struct skep_tool *tool)
{
	return tool ? tool->name : program_invocation_short_name;
}

struct skep_loop *skep_tool_loop(const struct skep_tool *tool)
{
	return tool ? tool->loop : NULL;
}

const struct skep_filter *skep_tool_filter(const struct skep_tool *tool)
{
	static const struct skep_filter all;

	return tool ? &tool->filter : &all;
}

bool skep_tool_is_json(const struct skep_tool *tool)
{
	return tool && tool->json;
}
