/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_TARGET_H
#define SKEP_ATTACH_TARGET_H

struct skep_program;

/* Whether the program at `fd` has such a function for `program`; -errno in words. */
int skep_target_check(const struct skep_program *program, int fd, const char *function);

#endif
