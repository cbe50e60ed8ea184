/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Who made a filter, as its name says. */
#include "tc_filter.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/facts.h"

/* When a process was started; 0: not known. A number is given again, but not at the same time. */
static unsigned long long start_of(int pid)
{
	unsigned long long start = 0;
	char path[40], text[1024], *at;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (skep_kernel_read(path, text, sizeof(text)))
		return 0;
	at = strrchr(text, ')'); /* the name may have anything in it */
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	return at && sscanf(at, "%llu", &start) == 1 ? start : 0;
}

static unsigned long long own_pidns(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) ? 0 : (unsigned long long)st.st_ino;
}

void skep_tc_owner_write(char *name, size_t size, const char *program, bool made_qdisc)
{
	static atomic_uint number;

	snprintf(name, size, "skep/%.64s/%d/%llu/%llu/%d/%u", program, (int)getpid(),
		 start_of(getpid()), own_pidns(), made_qdisc, atomic_fetch_add(&number, 1));
}

bool skep_tc_owner_read(const char *name, struct skep_tc_owner *owner)
{
	struct skep_tc_owner read = { .pid = 0 };
	unsigned int number;

	if (sscanf(name, "skep/%67[^/]/%d/%llu/%llu/%d/%u", read.program, &read.pid, &read.start,
		   &read.pidns, &read.made_qdisc, &number) != 6 ||
	    read.pid <= 0)
		return false;
	*owner = read;
	return true;
}

bool skep_tc_owner_is_dead(const struct skep_tc_owner *owner)
{
	unsigned long long start;

	if (!owner->start || !owner->pidns || owner->pidns != own_pidns())
		return false;
	if (kill(owner->pid, 0) && errno == ESRCH)
		return true;
	start = start_of(owner->pid);
	return start && start != owner->start;
}
