/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef PRINT_H
#define PRINT_H

#include <stddef.h>

struct exec_event;
struct options;
struct skep_ring;

void print_heading(const struct options *options);
void print_text(const struct exec_event *e, size_t bytes);
void print_json(const struct exec_event *e, size_t bytes);

/* How many came and how many did not, to standard error. */
void print_summary(const struct skep_ring *ring);

#endif
