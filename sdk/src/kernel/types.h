/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Whether this kernel has a type of programs, of maps, a helper and so on, by number. */
#ifndef SKEP_KERNEL_TYPES_H
#define SKEP_KERNEL_TYPES_H

#include <skep/kernel.h>

#include "since.h"

#define SKEP_NUMBERS 256 /* more than any of the kernel's enums has: helpers are 211 */

struct skep_probed;

/*
 * Tried where that can be done without attaching anything, else looked up in the kernel's BTF.
 * Remembered until skep_kernel_forget(), unless what stood in the way may pass. Threads: any.
 */
enum skep_answer skep_kernel_has_number(enum skep_since_kind kind, int number);
/* The same with the errno behind it. */
struct skep_probed skep_kernel_probe_number(enum skep_since_kind kind, int number);

/* What the kernel's own enum calls it; NULL: it has no such number. Lives as long as the library. */
const char *skep_kernel_number_name(enum skep_since_kind kind, int number);

/* The option that the number needs and that is off, or NULL: reason_kernel.c has the table. */
const char *skep_kernel_config_missing(enum skep_since_kind kind, int number);

void skep_kernel_forget_types(void);
/* features.c */
void skep_kernel_forget_features(void);

#endif
