/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * How many values the kernel copies for a key of a per-CPU map, and of which CPUs they are. A
 * buffer that is too small is overwritten by the kernel, so that the list in /sys, which a
 * container may replace, is held against what the kernel really copies.
 */
#include "percpu.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "base/fail.h"

#define POSSIBLE "/sys/devices/system/cpu/possible"

/* Digits, and nothing else before the end of what is asked for. */
static const char *read_number(const char *at, uint32_t *number)
{
	uint32_t n = 0;

	if (*at < '0' || *at > '9')
		return NULL;
	for (; *at >= '0' && *at <= '9'; at++) {
		n = n * 10 + (uint32_t)(*at - '0');
		if (n >= SKEP_CPUS_MOST)
			return NULL;
	}
	*number = n;
	return at;
}

int skep_cpus_parse(const char *list, uint32_t *numbers, size_t room)
{
	uint32_t count = 0, next = 0; /* `next`: the lowest that may still come */

	for (;;) {
		uint32_t first, last;

		list = read_number(list, &first);
		if (!list)
			return -EINVAL;
		last = first;
		if (*list == '-')
			list = read_number(list + 1, &last);
		if (!list || first < next || last < first)
			return -EINVAL;
		for (next = first; next <= last; next++, count++)
			if (count < room)
				numbers[count] = next;
		if (*list == '\n')
			list++;
		if (!*list)
			return (int)count;
		if (*list++ != ',')
			return -EINVAL;
	}
}

/* The text of /sys's list; "" where it cannot be read. */
static void read_list(char *text, size_t room)
{
	AUTO_CLOSE int fd = open(POSSIBLE, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, room - 1);

	text[n > 0 ? n : 0] = '\0';
}

/* How many values the kernel copies, by trial; 0 where that is not allowed. */
static uint32_t count_by_trial(void)
{
	AUTO_FREE uint64_t *values = malloc(SKEP_CPUS_MOST * sizeof(*values));
	AUTO_CLOSE int fd = -1;
	uint32_t count = 0, key = 0;

	if (!values)
		return 0;
	fd = bpf_map_create(BPF_MAP_TYPE_PERCPU_ARRAY, "skep_cpus", sizeof(key), sizeof(*values), 1,
			    NULL);
	if (fd < 0)
		return 0;
	memset(values, 0xff, SKEP_CPUS_MOST * sizeof(*values));
	if (bpf_map_lookup_elem(fd, &key, values))
		return 0;
	while (count < SKEP_CPUS_MOST && !values[count])
		count++;
	return count;
}

static struct skep_cpus *make(uint32_t count)
{
	struct skep_cpus *cpus = malloc(sizeof(*cpus) + count * sizeof(cpus->numbers[0]));

	if (!cpus) {
		skep_fail(ENOMEM, "no memory for the list of CPUs");
		return NULL;
	}
	*cpus = (struct skep_cpus){ .count = count };
	for (uint32_t i = 0; i < count; i++)
		cpus->numbers[i] = i;
	return cpus;
}

static struct skep_cpus *learn(void)
{
	char list[4096];
	uint32_t tried = count_by_trial();
	struct skep_cpus *cpus;
	int listed;

	read_list(list, sizeof(list));
	listed = skep_cpus_parse(list, NULL, 0);
	if (listed <= 0 && !tried) {
		skep_fail_hint(skep_fail(EIO,
					 "cannot learn how many CPUs this machine may have: "
					 "%s cannot be read",
					 POSSIBLE),
			       "mount -t sysfs sysfs /sys");
		return NULL;
	}
	cpus = make(tried ? tried : (uint32_t)listed);
	if (!cpus)
		return NULL;
	/* A list of another length is not the kernel's: then CPUs are numbered as values are. */
	if (listed == (int)cpus->count) {
		skep_cpus_parse(list, cpus->numbers, cpus->count);
		cpus->sparse = cpus->numbers[cpus->count - 1] != cpus->count - 1;
	}
	return cpus;
}

const struct skep_cpus *skep_cpus_possible(void)
{
	static struct skep_cpus *known;
	struct skep_cpus *cpus = __atomic_load_n(&known, __ATOMIC_ACQUIRE), *before = NULL;

	if (cpus)
		return cpus;
	cpus = learn();
	if (!cpus || __atomic_compare_exchange_n(&known, &before, cpus, false, __ATOMIC_ACQ_REL,
						 __ATOMIC_ACQUIRE))
		return cpus;
	free(cpus); /* another thread was first */
	return before;
}
