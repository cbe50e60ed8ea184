/* SPDX-License-Identifier: 0BSD */
/* The user side: `@NAME@ [SECONDS]` counts the programs that start, for so long. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <skep/skep.h>

#include "count.skep.h"

int main(int argc, char **argv)
{
	SKEP_AUTO(count) *app = NULL;

	if (count_open(&app, NULL) || count_load(app) || count_attach(app))
		return skep_perror("@NAME@");
	sleep(argc > 1 ? (unsigned int)atoi(argv[1]) : 1);
	printf("%llu programs started\n", (unsigned long long)count_bss(app)->started);
	return 0;
}
