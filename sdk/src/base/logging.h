/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How the library speaks to who listens. Public side: <skep/log.h>. */
#ifndef SKEP_BASE_LOGGING_H
#define SKEP_BASE_LOGGING_H

#include <skep/log.h>

#include <stdarg.h>

bool skep_log_wants(enum skep_log_level level);
void skep_log(enum skep_log_level level, const char *format, ...) SKEP_PRINTF(2, 3);

/* One line as it is, however long. */
void skep_log_line(enum skep_log_level level, const char *line);

/* Every line of a text that may have several; a trailing newline makes no empty line. */
void skep_log_lines(enum skep_log_level level, const char *text);

#endif
