/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* attach_net.bpf.o, loaded once for all cases of a program. */
#ifndef SKEP_TESTS_KERNEL_NET_APP_H
#define SKEP_TESTS_KERNEL_NET_APP_H

#include <stdint.h>

#include <skep/skep.h>

/* Enters a new network namespace, with its loopback up, and sets all counters to 0. */
void net_start(void);

const struct skep_program *net_program(const char *name);
uint64_t net_count(int which);

/* Which programs ran, as a number of decimal digits: 12 is first one, then two. */
unsigned int net_steps(void);
void net_forget_steps(void);

#endif
