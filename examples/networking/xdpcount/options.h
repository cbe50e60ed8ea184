/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <skep/attach.h>

struct options {
	const char *interface;
	enum skep_xdp_mode mode;
	bool json;
	uint64_t interval; /* seconds between tables; 0: one at the end */
	uint64_t seconds;  /* 0 for until Ctrl-C */
};

/* Ends the process with a usage message and exit code 2 where they are wrong. */
void parse_options(int argc, char **argv, struct options *options);

#endif
