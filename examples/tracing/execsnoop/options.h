/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct options {
	bool json;
	bool exits;
	uint32_t uid;
	const char *comm;    /* "" for every name */
	uint32_t ring_bytes; /* 0 for the default */
	uint64_t seconds;    /* 0 for until Ctrl-C */
};

/* Ends the process with a usage message and exit code 2 where they are wrong. */
void parse_options(int argc, char **argv, struct options *options);

#endif
