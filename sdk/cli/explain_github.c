/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Annotations: lines that CI sites turn into marks beside the source. */
#include "explain_show.h"

void show_github(const struct skep_explanation *explanation, FILE *out)
{
	(void)explanation;
	(void)out;
}
