/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Explanations as JSON: a contract, which docs/guides/explain.md describes. */
#ifndef SKEP_CLI_EXPLAIN_JSON_H
#define SKEP_CLI_EXPLAIN_JSON_H

#include <stdio.h>

#include <skep/verifier.h>

/* 0, or -1 when there is no memory. */
int explain_json(const struct skep_explanation *explanation, FILE *out);
int explain_page_json(const struct skep_catalogue_page *page, FILE *out);

#endif
