/* SPDX-License-Identifier: 0BSD */
/*
 * The user side: `@NAME@ FOLDER UID` lets only that user change what is in a folder, root included, until
 * Ctrl-C; and prints what was refused.
 */
#include <stdio.h>
#include <sys/stat.h>

#include <skep/skep.h>

#include "guard.skep.h"

static int on_refusal(const struct refusal *e, void *folder)
{
	printf("refused %s (%u) of user %u: %s/%s\n", e->comm, e->pid, e->uid, (const char *)folder,
	       e->name);
	return fflush(stdout) ? skep_error_set(errno, NULL, "cannot print: %m") : 0;
}

static int protect(struct guard *app, const char *folder, const char *uid)
{
	struct stat st;

	if (stat(folder, &st))
		return skep_error_set(errno, NULL, "%s: no such folder", folder);
	guard_consts(app)->folder.inode = st.st_ino;
	guard_consts(app)->folder.device = (uint32_t)st.st_dev;
	return skep_number(uid, 0, UINT32_MAX, &guard_consts(app)->owner);
}

int main(int argc, char **argv)
{
	SKEP_AUTO(guard) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;

	if (argc != 3) {
		fprintf(stderr, "Usage: @NAME@ FOLDER UID\n");
		return 2;
	}
	if (guard_open(&app, NULL) || protect(app, argv[1], argv[2]) || guard_load(app) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    guard_on_events(app, loop, on_refusal, argv[1]) || guard_attach(app))
		return skep_perror("@NAME@");
	return skep_loop_run(loop) ? skep_perror("@NAME@") : 0;
}
