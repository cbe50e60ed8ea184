/* SPDX-License-Identifier: 0BSD */
/* What users of the library see: which system calls a process makes. No BPF, no skep. */
#ifndef MONITOR_H
#define MONITOR_H

#include <stdint.h>
#include <sys/types.h>

struct monitor;

/* Begins to count the system calls of a process. 0, or a negative errno: see monitor_why(). */
int monitor_start(struct monitor **out, pid_t pid);

/* How often it made this one since (SYS_openat). Cheap: a read of shared memory. */
uint64_t monitor_calls(const struct monitor *monitor, unsigned int number);

/* Ends it. NULL is fine. */
void monitor_stop(struct monitor *monitor);

/* Why the last call of this thread failed, in words. */
const char *monitor_why(void);

#endif
