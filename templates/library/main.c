/* SPDX-License-Identifier: 0BSD */
/* A program that uses the library: `@NAME@ PID [SECONDS]` tells which system calls a process made. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "monitor.h"

int main(int argc, char **argv)
{
	struct monitor *monitor = NULL;

	if (argc < 2 || argc > 3 || atoi(argv[1]) < 1) {
		fprintf(stderr, "Usage: @NAME@ PID [SECONDS]\n");
		return 2;
	}
	if (monitor_start(&monitor, atoi(argv[1]))) {
		fprintf(stderr, "@NAME@: %s\n", monitor_why());
		return 1;
	}
	sleep(argc > 2 ? (unsigned int)atoi(argv[2]) : 1);
	for (unsigned int number = 0; number < 512; number++)
		if (monitor_calls(monitor, number))
			printf("%-4u %llu\n", number,
			       (unsigned long long)monitor_calls(monitor, number));
	monitor_stop(monitor);
	return fflush(stdout) ? (perror("@NAME@"), 1) : 0;
}
