/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One page, for a browser without a network. */
#include "explain_show.h"

int show_html(const struct show *show, const struct skep_explanation *explanation, FILE *out)
{
	(void)show;
	(void)explanation;
	(void)out;
	return 0;
}
