/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "fileaudit.h"

struct options {
	bool json;
	uint32_t uid;
	uint32_t folder_bytes;
	char folder[PATH_BYTES]; /* resolved, without a slash at the end; "" is / */
	uint64_t seconds;        /* 0 for until Ctrl-C */
};

/* Ends the process with a usage message and exit code 2 where they are wrong. */
void parse_options(int argc, char **argv, struct options *options);

#endif
