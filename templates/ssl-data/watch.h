/* SPDX-License-Identifier: 0BSD */
#ifndef WATCH_H
#define WATCH_H

#include <skep/skep.h>

#include "tls.skep.h"

/*
 * Watches what a library sends and receives, in one process, or in all that use it if `pid` is 0. Free both
 * links to end it.
 */
int watch(struct skep_link **calls, struct skep_link **returns, struct tls *app,
	  const char *library, int pid);

#endif
