/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Logs that came through JSON or a quoted string: one line, with \n for each newline. */
#ifndef SKEP_VERIFIER_UNESCAPE_H
#define SKEP_VERIFIER_UNESCAPE_H

#include "verifier/text/span.h"

bool skep_is_escaped(struct skep_span text);

/* As lines; malloc'ed, not longer than before. NULL when there is no memory. */
char *skep_unescape(struct skep_span text, size_t *bytes);

#endif
