/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Processors that are online, threads of a process. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernel/facts.h"
#include "perf_event.h"

#define MOST_CPUS 8192 /* more than kernels are made for */

void skep_numbers_free(struct skep_numbers *numbers)
{
	free(numbers->list);
}

static int add(struct skep_numbers *numbers, int number)
{
	if (numbers->count == numbers->room) {
		size_t room = numbers->room ? numbers->room * 2 : 16;
		int *list = realloc(numbers->list, room * sizeof(*list));

		if (!list)
			return -ENOMEM;
		numbers->list = list;
		numbers->room = room;
	}
	numbers->list[numbers->count++] = number;
	return 0;
}

/* "0-3,8,10-11" */
int skep_numbers_cpus(struct skep_numbers *numbers)
{
	char text[1024], *at = text;
	int err = skep_kernel_read("/sys/devices/system/cpu/online", text, sizeof(text));

	while (!err && *at) {
		long first = strtol(at, &at, 10), last = first;

		if (*at == '-')
			last = strtol(at + 1, &at, 10);
		if (first < 0 || last >= MOST_CPUS || (*at && *at != ','))
			return -EINVAL;
		for (long cpu = first; !err && cpu <= last; cpu++)
			err = add(numbers, (int)cpu);
		at += *at == ',';
	}
	return err;
}

int skep_numbers_threads(struct skep_numbers *numbers, int pid)
{
	struct dirent *entry;
	char path[64];
	int err = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? -ESRCH : -errno;
	while (!err && (entry = readdir(dir)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			err = add(numbers, atoi(entry->d_name));
	closedir(dir);
	return err;
}
