/* SPDX-License-Identifier: 0BSD */
/*
 * The user side: `@NAME@ [NAME...]` prints memory from which code can be run that no file has, but for
 * programs of these names (those that compile as they run: node, java), until Ctrl-C.
 */
#include <stdio.h>
#include <string.h>

#include <skep/skep.h>

#include "wx.skep.h"

static bool is_expected(const char *comm, char **names)
{
	while (*names && strcmp(*names, comm))
		names++;
	return *names;
}

static int on_event(const struct wx_event *e, void *names)
{
	if (is_expected(e->comm, names))
		return 0;
	printf("%-8u %-6u %-15s ", e->pid, e->uid, e->comm);
	if (e->reasons & WX_PROGRAM)
		printf("%-25s ", "program");
	else
		printf("%012llx-%012llx ", (unsigned long long)e->from, (unsigned long long)e->to);
	printf("%s%s%s%s%s\n", e->path, e->reasons & WX_BOTH ? " [writable]" : "",
	       e->reasons & WX_WRITTEN ? " [was written]" : "",
	       e->reasons & WX_MEMFD ? " [memory only]" : "",
	       e->reasons & WX_DELETED ? " [deleted]" : "");
	return fflush(stdout) ? skep_error_set(errno, NULL, "cannot print: %m") : 0;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(wx) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;

	(void)argc;
	if (wx_open(&app, NULL) || wx_load(app) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    wx_on_events(app, loop, on_event, argv + 1) || wx_attach(app))
		return skep_perror("@NAME@");

	printf("%-8s %-6s %-15s %-25s %s\n", "PID", "UID", "COMM", "EXECUTABLE MEMORY", "FROM");
	if ((fflush(stdout) && skep_error_set(errno, NULL, "cannot print: %m")) ||
	    skep_loop_run(loop))
		return skep_perror("@NAME@");
	if (wx_bss(app)->missed)
		fprintf(stderr, "@NAME@: %llu mappings were not looked at: another thread was changing them\n",
			(unsigned long long)wx_bss(app)->missed);
	return 0;
}
