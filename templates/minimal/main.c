/* SPDX-License-Identifier: 0BSD */
/* The user side: `@NAME@ [SECONDS]` counts the programs that start, for so long. */
#include <stdio.h>
#include <unistd.h>

#include <skep/skep.h>

#include "count.skep.h"

int main(int argc, char **argv)
{
	SKEP_AUTO(count) *app = NULL;
	unsigned int seconds = 1;

	if ((argc > 1 && skep_number(argv[1], 0, 1000000000, &seconds)) || count_open(&app, NULL) ||
	    count_load(app) || count_attach(app))
		return skep_perror("@NAME@");
	sleep(seconds);
	printf("%llu programs started\n", (unsigned long long)count_bss(app)->started);
	return fflush(stdout) ? (perror("@NAME@"), 1) : 0;
}
