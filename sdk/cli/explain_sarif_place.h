/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Where things are, as SARIF says it: locations, and the edits of fixes. */
#ifndef SKEP_CLI_EXPLAIN_SARIF_PLACE_H
#define SKEP_CLI_EXPLAIN_SARIF_PLACE_H

#include "explain_form.h"

/* Of a place: the file and region where they are known, and the program. */
json_t *sarif_location(const struct show *show, const char *program,
		       const struct skep_place *place);

/* The fixes that have edits. */
json_t *sarif_fixes(const struct show *show, const struct skep_diagnostic *d);

/* What relative files are relative to: the current folder. */
json_t *sarif_base(void);

#endif
