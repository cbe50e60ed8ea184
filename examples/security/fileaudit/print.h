/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef PRINT_H
#define PRINT_H

struct open_event;
struct options;
struct skep_ring;

void print_heading(const struct options *options);
void print_event(const struct options *options, const struct open_event *e);

/* How many came and how many did not, to standard error. */
void print_summary(const struct skep_ring *ring);

#endif
