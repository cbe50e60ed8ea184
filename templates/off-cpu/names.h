/* SPDX-License-Identifier: 0BSD */
/* Which function an address is in: of the kernel by /proc/kallsyms, of a process by elfutils. */
#ifndef NAMES_H
#define NAMES_H

#include <stdint.h>
#include <sys/types.h>

/* Valid until the next call; "[unknown]" where nobody knows. Ask for one process after the other. */
const char *name_of(uint64_t address, pid_t pid);

void names_free(void);

#endif
