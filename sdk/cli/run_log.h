/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What an object's programs say with skep_info() and the like. */
#ifndef SKEP_CLI_RUN_LOG_H
#define SKEP_CLI_RUN_LOG_H

#include <stdbool.h>

#include <skep/skep.h>

#include "cli.h"

/* The level of that name, "info"; false: there is none. */
bool run_log_level(const char *name, enum skep_log_level *level);

/*
 * Opens a reader for a loaded object, in the loop; nothing where its programs say nothing. Text goes
 * to standard error, beside the records; JSON to standard output, among them.
 */
int run_log_open(struct skep_bpf_log **out, const struct skep_object *object,
		 struct skep_loop *loop, enum skep_log_level level, enum cli_format format);

#endif
