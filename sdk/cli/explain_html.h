/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_CLI_EXPLAIN_HTML_H
#define SKEP_CLI_EXPLAIN_HTML_H

#include "explain_form.h"

/* The style and the script of page/: made by TextAssets.cmake. */
extern const char page_css[], page_js[];

/*
 * The source files of an explanation, whole: name as the log has it -> array of lines. Only those
 * that are what the log quotes.
 */
json_t *html_sources(const struct show *show, const struct skep_explanation *explanation);

#endif
