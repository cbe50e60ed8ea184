/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Control groups of the case's own. */
#ifndef SKEP_TESTS_KERNEL_GROUP_H
#define SKEP_TESTS_KERNEL_GROUP_H

#define GROUP_PATH 512

/* Makes a group below the root of cgroup v2, or below `parent`. Skips where v2 is not mounted. */
void group_make(char path[GROUP_PATH], const char *parent, const char *name);

/* Removes one in which no process is any more. */
void group_remove(const char *path);

/* Runs `what` in a process of its own in the group and in a network with loopback; it must give 0. */
void group_run(const char *path, int (*what)(void));

#endif
