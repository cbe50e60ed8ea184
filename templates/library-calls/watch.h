/* SPDX-License-Identifier: 0BSD */
/* Which functions are watched, and what is known of each. */
#ifndef WATCH_H
#define WATCH_H

#include <skep/skep.h>

#include "functions.skep.h"

/*
 * Watches the functions of a library whose names fit the pattern (`*` is any text, `?` any character), in one
 * process, or in all that use it if `pid` is 0. Free both links to end it.
 */
int watch(struct skep_link **calls, struct skep_link **returns, struct functions *app,
	  const char *library, const char *pattern, int pid);

/* The name of a function, numbers from 0 on; NULL: there are no more. */
const char *watch_name(uint32_t number);

/* How long a function took, each time; -ENOENT: it was not called. */
int watch_read(struct skep_hist *took, const struct functions *app, uint32_t number);

#endif
