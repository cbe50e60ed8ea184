/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A program on perf events: probes, tracepoints and counters come down to them. */
#ifndef SKEP_ATTACH_PERF_LINK_H
#define SKEP_ATTACH_PERF_LINK_H

#include <skep/base.h>

struct perf_event_attr;
struct skep_link;
struct skep_program;

/* Events that are being gathered for one link; freed when the scope ends. */
struct skep_perf_link {
	size_t count, room;
	bool slow; /* closing waits: it is done off the caller's thread */
	struct skep_perf_place {
		int event, link; /* link -1: the program is on the event by ioctl() */
	} * places;
};
struct skep_perf_link *skep_perf_link_new(bool slow);
void skep_perf_link_free(struct skep_perf_link *link);

static inline void skep_perf_link_freep(struct skep_perf_link **link)
{
	skep_perf_link_free(*link);
}
#define AUTO_PERF __attribute__((cleanup(skep_perf_link_freep))) struct skep_perf_link

/* A file descriptor or -errno, without words. The event does not count yet. */
int skep_perf_open(const struct perf_event_attr *attr, int pid, int cpu);

/* Puts the program on the event, which it takes over, and lets it count. -errno, without words. */
int skep_perf_link_add(struct skep_perf_link *link, int event, int prog_fd, uint64_t cookie);

/* The link as one to be given away. */
int skep_perf_link_finish(struct skep_link **out, struct skep_perf_link **link, const char *way);

/* Words for what every family shares: EMFILE, ENOSPC of programs on one event, no cookies. 0: none. */
int skep_perf_refuse(const struct skep_program *program, int err, uint64_t cookie);

#endif
