/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_CLI_WATCH_OBJECT_H
#define SKEP_CLI_WATCH_OBJECT_H

struct watch_refusals;

/* A file with the refused programs in it, for the caller to close; -1: they do not tell enough. */
int watch_object_make(const struct watch_refusals *list);

#endif
