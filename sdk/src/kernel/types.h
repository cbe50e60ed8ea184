/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Whether this kernel has a type of programs, of maps, a helper and so on, by number. */
#ifndef SKEP_KERNEL_TYPES_H
#define SKEP_KERNEL_TYPES_H

#include <skep/kernel.h>

#include "since.h"

/*
 * Program and map types are tried, the others looked up in the kernel's BTF. Remembered until
 * skep_kernel_forget(). Threads: any.
 */
enum skep_answer skep_kernel_has_number(enum skep_since_kind kind, int number);

/* The option that the number needs and that is off, or NULL: reason_kernel.c has the table. */
const char *skep_kernel_config_missing(enum skep_since_kind kind, int number);

void skep_kernel_forget_types(void);

#endif
