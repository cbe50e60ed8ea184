/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Which files below a folder are opened for writing, and by whom. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <skep/tool.h>

#include "fileaudit.skep.h"

static const char *folder;

static const struct skep_tool_option options[] = {
	{ .arg = "FOLDER", .text = &folder },
	{ 0 },
};

static const struct skep_tool_column columns[] = {
	{ "time", .kind = SKEP_TOOL_TIME },
	{ "pid", .kind = SKEP_TOOL_UINT },
	{ "uid", .kind = SKEP_TOOL_UINT, .width = 6 },
	{ "comm", .kind = SKEP_TOOL_TEXT },
	{ "path", .kind = SKEP_TOOL_TEXT },
	{ 0 },
};

static int on_open(const struct open_event *e, size_t bytes, void *ctx)
{
	struct skep_tool *tool = ctx;

	skep_tool_uint(tool, e->pid);
	skep_tool_uint(tool, e->uid);
	skep_tool_text(tool, e->comm, sizeof(e->comm));
	skep_tool_text(tool, e->path, bytes - sizeof(*e));
	return skep_tool_row_end(tool);
}

int main(int argc, char **argv)
{
	static const struct skep_tool_opts what = {
		.sz = sizeof(what),
		.doc = "Print which files below a folder are opened for writing, and by whom.",
		.takes = SKEP_TOOL_TAKES_FILTER,
		.options = options,
		.columns = columns,
	};
	SKEP_AUTO(skep_tool) *tool = NULL;
	SKEP_AUTO(fileaudit) *app = NULL;
	char path[PATH_BYTES];
	struct stat st;

	if (skep_tool_new(&tool, argc, argv, &what) || fileaudit_open(&app, NULL))
		return skep_perror(skep_tool_name(tool));
	/* Symbolic links are followed: the kernel reports files by where they really are. */
	if (!realpath(folder, path))
		return skep_tool_usage(tool, "%s: %s", folder, strerror(errno));
	if (stat(path, &st) || !S_ISDIR(st.st_mode))
		return skep_tool_usage(tool, "%s is not a folder", folder);
	if (strcmp(path, "/") != 0)
		strcpy(fileaudit_consts(app)->folder, path);
	fileaudit_consts(app)->folder_bytes = (uint32_t)strlen(fileaudit_consts(app)->folder);
	fileaudit_consts(app)->filter = *skep_tool_filter(tool);
	if (fileaudit_load(app) || fileaudit_on_events(app, skep_tool_loop(tool), on_open, tool) ||
	    fileaudit_attach(app))
		return skep_perror(skep_tool_name(tool));
	return skep_tool_run(tool, fileaudit_object(app));
}
