/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What comes with this program: found from where it lies, in an installed prefix or a build tree. */
#ifndef SKEP_CLI_OWN_H
#define SKEP_CLI_OWN_H

#include <stdbool.h>

#define OWN_PATH 4096

/*
 * The first of two folders that exists, both relative to the program's own: `installed` as
 * "/../share/skep/x", `built` in a build tree.
 */
bool own_find(char folder[OWN_PATH], const char *installed, const char *built);

/* The program's own folder. */
bool own_folder(char folder[OWN_PATH]);

#endif
