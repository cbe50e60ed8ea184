/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Scope-bound ownership inside the library: one function alone shows that it leaks nothing. */
#ifndef SKEP_BASE_CLEANUP_H
#define SKEP_BASE_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

#include <skep/base.h>

static inline void skep_cleanup_free(void *pointer)
{
	free(*(void **)pointer);
}

static inline void skep_cleanup_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* `AUTO_FREE char *text = NULL;`, `AUTO_CLOSE int fd = -1;` */
#define AUTO_FREE  __attribute__((cleanup(skep_cleanup_free)))
#define AUTO_CLOSE __attribute__((cleanup(skep_cleanup_close)))

/* Moves a file descriptor out of an AUTO_CLOSE variable. */
static inline int skep_take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#endif
