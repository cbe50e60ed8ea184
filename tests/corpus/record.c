/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Loads objects and prints the verifier's log of each, between lines that `record` looks for:
 *
 *	record OBJECT...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

static void record(const char *path, char *log)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	int err = corpus_load(path, log);

	printf("-----BEGIN %.*s %d-----\n%s%s-----END-----\n", (int)strcspn(name, "."), name, err,
	       log, *log && log[strlen(log) - 1] != '\n' ? "\n" : "");
}

int main(int argc, char **argv)
{
	char *log = malloc(CORPUS_LOG_BYTES);

	if (!log)
		return 1;
	for (int i = 1; i < argc; i++)
		record(argv[i], log);
	free(log);
	return 0;
}
