/* SPDX-License-Identifier: 0BSD */
/*
 * The user side: `@NAME@ UID FOLDER...` lets a user run programs of these folders only, until Ctrl-C, and
 * prints what was refused.
 */
#include <stdio.h>
#include <string.h>

#include <skep/skep.h>

#include "policy.skep.h"

static int on_refusal(const struct refusal *e, void *ctx)
{
	(void)ctx;
	printf("user %u, process %u: %s was refused\n", e->uid, e->pid, e->path);
	return fflush(stdout) ? skep_error_set(errno, NULL, "cannot print: %m") : 0;
}

static int allow(struct policy *app, int index, const char *path)
{
	size_t bytes = strlen(path);

	while (bytes && path[bytes - 1] == '/')
		bytes--;
	if (index >= FOLDERS_MOST || !bytes || bytes >= sizeof(policy_consts(app)->folders[0].path))
		return skep_error_set(EINVAL, "up to 16 folders, of 59 characters each",
				      "this folder cannot be in the list: '%s'", path);
	memcpy(policy_consts(app)->folders[index].path, path, bytes);
	policy_consts(app)->folders[index].bytes = (uint32_t)bytes;
	return 0;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(policy) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	int err;

	if (argc < 3) {
		fprintf(stderr, "Usage: @NAME@ UID FOLDER...\n");
		return 2;
	}
	err = policy_open(&app, NULL);
	for (int i = 2; !err && i < argc; i++)
		err = allow(app, i - 2, argv[i]);
	if (err || skep_number(argv[1], 0, UINT32_MAX, &policy_consts(app)->only_uid))
		return skep_perror("@NAME@");
	if (policy_load(app) || policy_attach(app) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    policy_on_events(app, loop, on_refusal, NULL) || skep_loop_run(loop))
		return skep_perror("@NAME@");
	return 0;
}
