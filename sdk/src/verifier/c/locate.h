/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Up to Linux 6.8 logs quote lines of source without their places: the source at hand has them. */
#ifndef SKEP_VERIFIER_LOCATE_H
#define SKEP_VERIFIER_LOCATE_H

#include "verifier/explanation.h"

/*
 * Looks for the file among those in the folder of sources that has the lines a log quotes, and writes
 * file and number behind each, as newer kernels do. Nothing is done where the log has places, where
 * no file has nearly all of the lines, or more than one has as many.
 */
void skep_lines_locate(struct skep_case *c);

/* The only file of the folder that has all of these words; NULL where there is none, or several. */
const char *skep_file_locate(const struct skep_case *c, const struct skep_span *names,
			     size_t count);

#endif
