/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef PRINT_H
#define PRINT_H

struct options;
struct source;
struct traffic;

void print_heading(const struct options *options);

/* `source` NULL: what did not fit into the map. */
void print_row(const struct options *options, const struct source *source,
	       const struct traffic *traffic);

#endif
