/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the cases of uprobes share: the object, loaded once, and the library that is probed. */
#ifndef SKEP_TESTS_KERNEL_USER_APP_H
#define SKEP_TESTS_KERNEL_USER_APP_H

#include "app.h"
#include "attach_user.h"
#include "attach_user.skep.h"

#define LIBRARY "libstand.so.1"

typedef int stand_fn(int x);

extern struct attach_user *app;
extern void *library;

/* Once for all cases. Skips for others than root. */
void start(void);

/* Calls a function of the library with 0. */
int call(const char *function);

/* How often the slot was counted since it was last asked. */
uint64_t fired(unsigned int slot);

/* Frees the link, and awaits that it is gone. */
void done(struct skep_link *link);

/* stand_one, _two and _three with these numbers as cookies; their slots are asked before. */
int attach_three(struct skep_link **link, const struct skep_program *program, bool fallback);

#endif
