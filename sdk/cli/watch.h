/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `skep explain -- COMMAND`: runs a command, and explains what the kernel refuses it. */
#ifndef SKEP_CLI_WATCH_H
#define SKEP_CLI_WATCH_H

#include "explain_show.h"

/*
 * Runs `command` (ends with NULL), and then says what was refused: to `output`, or to standard
 * error what is for people, and to standard output what is for programs. Returns 1 where
 * something was refused, else the command's own status; a signal that killed the command kills
 * this process too.
 */
int watch_command(const char *what, const struct show *show, const char *output, char **command);

#endif
