/* SPDX-License-Identifier: 0BSD */
/* Which functions are watched, by name. */
#ifndef WATCH_H
#define WATCH_H

#include <skep/skep.h>

#include "gpu.skep.h"

/* The names of enum gpu_function. */
extern const char *const watch_names[GPU_FUNCTIONS];

/*
 * Watches the CUDA run-time library, a program that has it inside, or what stands in for it; in one process, or
 * in all that use it if `pid` is 0.
 */
int watch(struct gpu *app, const char *library, int pid);

/* Ends it. */
void unwatch(void);

#endif
